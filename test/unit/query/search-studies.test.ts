import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { studyFindItems } from "../../../shared/catalog/find-items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { storeStudy } from "../../support/archive.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryTable } from "../../support/memory/table.ts";
import { testRegion, user } from "../../support/principals.ts";

const county = { region: testRegion, hospital: "qinghe-county" };
let table = memoryTable();
let grant: Grant;

const find = async (query: string) => {
  const page = await searchStudies(grant, parseSearch(new URLSearchParams(query), "study"));
  return page.studies.map(({ studyUid }) => studyUid);
};

beforeEach(async () => {
  table = memoryTable();
  grant = testGrant({
    principal: user("radiologist", county.hospital),
    action: "searchStudies",
    table,
  });
  await storeStudy(table, {
    studyUid: "1.1",
    name: "Wang^Xiaoming=王^小明",
    patientId: "P1",
    accession: "A1",
    date: "20260102",
  });
  await storeStudy(table, {
    studyUid: "1.2",
    name: "Shan^Tianfang=单^田芳",
    patientId: "P2",
    accession: "A2",
    date: "20260203",
    modality: "MR",
  });
  await storeStudy(table, {
    studyUid: "1.3",
    name: "Müller^José",
    patientId: "P1",
    date: "20251224",
    description: "Schädel CT",
  });
  await storeStudy(table, { studyUid: "1.4", patientId: "P4" });
  await storeStudy(table, {
    studyUid: "1.5",
    hospital: "linjiang-city",
    name: "Wang^Wei=王^伟",
    patientId: "P1",
    date: "20260102",
  });
});

describe("a doctor searching for studies", () => {
  it("sees the own hospital's, newest first, and undated ones last", async () => {
    expect(await find("")).toEqual(["1.2", "1.1", "1.3", "1.4"]);
  });

  it.each([
    ["characters", "PatientName=王小明", ["1.1"]],
    ["the surname and a wildcard", "PatientName=王*", ["1.1"]],
    ["a character in the middle", "PatientName=*小*", ["1.1"]],
    ["pinyin", "PatientName=wangxiaoming", ["1.1"]],
    ["the surname's own reading", "PatientName=shan*", ["1.2"]],
    ["another reading of the same character", "PatientName=dan*", ["1.2"]],
    ["initials", "PatientName=wxm", ["1.1"]],
    ["the alphabetic name as sent", "PatientName=WANG^XIAOMING", ["1.1"]],
    ["a family name with an umlaut", "PatientName=müller*", ["1.3"]],
    ["the beginning of any word, when fuzzy", "PatientName=jos&fuzzymatching=true", ["1.3"]],
  ])("finds a patient by %s", async (_, query, expected) => {
    expect(await find(query)).toEqual(expected);
  });

  it.each([
    ["patient id", "PatientID=P1", ["1.1", "1.3"]],
    ["patient id and a date range", "PatientID=P1&StudyDate=20260101-", ["1.1"]],
    ["accession number", "AccessionNumber=A2", ["1.2"]],
    ["one day", "StudyDate=20260203", ["1.2"]],
    ["a range of days", "StudyDate=20251201-20260131", ["1.1", "1.3"]],
    ["a range without a beginning", "StudyDate=-20251231", ["1.3"]],
    ["modality", "ModalitiesInStudy=MR", ["1.2"]],
    ["modality as the series' key", "Modality=CT&StudyDate=20260101-", ["1.1"]],
    ["study UID list", "StudyInstanceUID=1.3,1.1,9.9", ["1.3", "1.1"]],
    ["a predicate without an index", "StudyDescription=*CT", ["1.3"]],
    ["an empty key, which matches everything", "AccessionNumber=&StudyDate=20260101-", ["1.2", "1.1"]],
  ])("finds studies by %s", async (_, query, expected) => {
    expect(await find(query)).toEqual(expected);
  });

  it("never sees another hospital's study, even by its UID", async () => {
    expect(await find("StudyInstanceUID=1.5")).toEqual([]);
    expect(await find("PatientName=王伟")).toEqual([]);
  });

  it("sees a study another hospital referred, beside the own ones", async () => {
    const referred = { region: testRegion, hospital: "linjiang-city", studyUid: "1.5" };
    const reach = { hospitals: [county], studies: [referred], grantees: [] };
    grant = testGrant({
      principal: user("radiologist", county.hospital),
      action: "searchStudies",
      table,
      reach,
    });
    expect(await find("PatientName=王*")).toEqual(["1.5", "1.1"]);
    expect((await table.get(keys.study(referred)))?.hospital).toBe("linjiang-city");
  });

  it("sees every study the own hospital was given, page by page, and no others", async () => {
    const given = [];
    for (const n of [1, 2, 3]) {
      const study = { region: testRegion, hospital: "linjiang-city", studyUid: `2.${n}` };
      await storeStudy(table, { ...study, patientId: "P9" });
      const access = keys.studyAccess("hospital-qinghe-county", study);
      await table.write([{ op: "put", item: { ...access, type: "study-access", ...study } }]);
      given.push(study.studyUid);
    }
    expect(await find("PatientID=P9")).toEqual(given);
    expect(await find("StudyInstanceUID=2.2,1.5")).toEqual(["2.2"]);
    const search = (query: string) => searchStudies(grant, parseSearch(new URLSearchParams(query), "study"));
    const seen: string[] = [];
    for (let query = "PatientID=P9&limit=1"; query !== ""; ) {
      const page = await search(query);
      seen.push(...page.studies.map(({ studyUid }) => studyUid));
      query = page.next === undefined ? "" : `PatientID=P9&limit=1&cursor=${page.next}`;
    }
    expect(seen).toEqual(given);
  });

  it.each([["limit=1"], ["limit=2"], ["limit=3&PatientName=*"], ["limit=1&PatientID=P1"]])(
    "pages through everything once with %s",
    async (query) => {
      const all = await find(query.replace(/limit=\d/, "limit=100"));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const search = parseSearch(
          new URLSearchParams(`${query}${cursor ? `&cursor=${cursor}` : ""}`),
          "study",
        );
        const page = await searchStudies(grant, search);
        seen.push(...page.studies.map(({ studyUid }) => studyUid));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(seen).toEqual(all);
    },
  );

  it("finds a patient once on all pages together, however many of the name's keys match", async () => {
    await storeStudy(table, { studyUid: "2.1", name: "Wang^Wanwan=汪^万万", date: "20260301" });
    const seen: string[] = [];
    let cursor = "";
    do {
      const search = parseSearch(
        new URLSearchParams(`PatientName=w*&limit=1${cursor && `&cursor=${cursor}`}`),
        "study",
      );
      const page = await searchStudies(grant, search);
      seen.push(...page.studies.map(({ studyUid }) => studyUid));
      cursor = page.next ?? "";
    } while (cursor !== "");
    expect(seen.toSorted()).toEqual(["1.1", "2.1"]);
  });

  it("finds a patient by the spellings stored with the study, though another dictionary would make others", async () => {
    const study = await storeStudy(table, { studyUid: "3.1", name: "Dan^Li=单^丽", date: "20260401" });
    const nameKeys = ["单丽", "丽", "shanli", "sl"];
    for (const item of studyFindItems(study))
      await table.write([{ op: "delete", key: { pk: item.pk, sk: item.sk } }]);
    const older = { ...study, nameKeys, searchable: true };
    for (const item of [older, ...studyFindItems(older)]) await table.write([{ op: "put", item }]);
    expect(await find("PatientName=s*")).toEqual(expect.arrayContaining(["3.1"]));
    expect(await find("PatientName=单*")).toEqual(["3.1", "1.2"]);
    expect(await find("PatientName=danli")).toEqual([]);
  });

  it("is not given the rest of another search", async () => {
    const parsed = (query: string) => parseSearch(new URLSearchParams(query), "study");
    const { next } = await searchStudies(grant, parsed("limit=1"));
    for (const query of ["PatientID=P1&", "PatientName=王*&", "StudyDate=20260101-&"])
      await expect(searchStudies(grant, parsed(`${query}cursor=${next}`))).rejects.toMatchObject({
        type: "invalid-request",
        message: expect.stringContaining("cursor"),
      });
    const other = testGrant({
      principal: user("radiologist", "linjiang-city"),
      action: "searchStudies",
      table,
    });
    await expect(searchStudies(other, parsed(`cursor=${next}`))).rejects.toMatchObject({
      type: "invalid-request",
    });
  });

  it("skips what offset says", async () => {
    expect(await find("offset=1&limit=2")).toEqual(["1.1", "1.3"]);
  });

  it.each(["^", "%3D", "·", "?", "%00", "a".repeat(3000)])("finds nobody by the name %s", async (name) => {
    expect(await find(`PatientName=${name}`)).toEqual([]);
    expect(await find(`PatientName=${name}&fuzzymatching=true`)).toEqual([]);
  });

  it.each([
    ["StudyDate=yesterday", "StudyDate"],
    ["StudyDate=2026", "StudyDate"],
    ["StudyDate=202601-202602", "StudyDate"],
    ["StudyDate=20260201-20250101", "ends before it begins"],
    ["PatientID=P1&StudyDate=20260201-20250101", "ends before it begins"],
    ["AccessionNumber=A1&StudyTime=18-07", "ends before it begins"],
    ["StudyTime=080", "StudyTime"],
    ["StudyDate=20261301", "calendar"],
    ["StudyDate=20260230-20260301", "calendar"],
    ["StudyDate=00000000-", "calendar"],
    ["StudyTime=2460", "StudyTime"],
    ["PatientName=%E5", "UTF-8"],
    ["PatientID=%B5%A5", "UTF-8"],
    ["limit=-1", "limit"],
    ["limit=0", "limit"],
    ["Colour=red", "Colour"],
    ["SeriesInstanceUID=1.2", "series level"],
    ["cursor=rubbish", "cursor"],
    ["offset=100000", "offset"],
  ])("is told what is wrong with %s", async (query, names) => {
    await expect(find(query)).rejects.toMatchObject({
      type: "invalid-request",
      message: expect.stringContaining(names),
    });
  });
});
