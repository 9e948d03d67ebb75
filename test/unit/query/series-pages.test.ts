import { describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { presentStudy } from "../../../shared/query/present.ts";
import { type ElementPage, searchElements } from "../../../shared/query/search-elements.ts";
import { storeStudy } from "../../support/archive.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryTable } from "../../support/memory/table.ts";
import { testRegion, user } from "../../support/principals.ts";

const study = { region: testRegion, hospital: "qinghe-county", studyUid: "1.1" };
const seriesUid = "1.1.1";

async function studyOfTen() {
  const table = memoryTable();
  await storeStudy(table, { studyUid: study.studyUid, name: "Shan^Xiong=单^雄" });
  for (let n = 0; n < 10; n++) {
    const key = { ...study, seriesUid, sopUid: `1.1.1.${n}` };
    const attributes = { "00200013": { vr: "IS", Value: [n] } };
    await table.write([{ op: "put", item: { ...keys.instance(key), ...key, type: "instance", attributes } }]);
  }
  const principal = user("radiologist", study.hospital);
  return testGrant({ principal, action: "searchStudyInstances", table, study });
}
const parsed = (query = "") => parseSearch(new URLSearchParams(query), "instance", 1000);
const instances = (grant: Grant, query: string, weight: number, within: string | undefined = seriesUid) =>
  searchElements(grant, {
    ...{ level: "instance", search: parsed(query), study, seriesUid: within },
    weigh: () => weight,
  });
const sopUids = ({ found }: ElementPage) =>
  found.map(({ element }) => (element.type === "instance" ? element.sopUid : ""));

describe("the instances of a study", () => {
  it("come in several pages when together they are more than one answer may hold", async () => {
    const grant = await studyOfTen();
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor = ""; ; ) {
      const page = await instances(grant, cursor, 1024 * 1024);
      seen.push(...sopUids(page));
      sizes.push(page.found.length);
      if (page.next === undefined) break;
      cursor = `cursor=${page.next}`;
    }
    expect(sizes).toEqual([3, 3, 3, 1]);
    expect(new Set(seen).size).toBe(10);
  });

  it("come one by one when each alone is too much", async () => {
    const search = parsed();
    const asked = { level: "instance", search, study, weigh: () => 5 * 1024 * 1024 } as const;
    const page = await searchElements(await studyOfTen(), asked);
    expect([page.found.length, page.next === undefined]).toEqual([1, false]);
  });

  it("are found by the patient's name, and only of the search the cursor was given for", async () => {
    const grant = await studyOfTen();
    const first = await instances(grant, "PatientName=shan*&limit=1", 1);
    expect(first.found).toHaveLength(1);
    for (const query of ["", "PatientName=xiong&"])
      await expect(instances(grant, `${query}cursor=${first.next}`, 1)).rejects.toMatchObject({
        type: "invalid-request",
      });
    const search = parsed(`PatientName=shan*&cursor=${first.next}`);
    const ofSeries = { level: "series", search, study, weigh: () => 1 } as const;
    await expect(searchElements(grant, ofSeries)).rejects.toMatchObject({ type: "invalid-request" });
  });
});

describe("a study whose series are not counted yet", () => {
  it("has ModalitiesInStudy without Value, as PS3.18 says of what is empty", async () => {
    const item = await storeStudy(memoryTable(), { studyUid: "1.2" });
    const shown = presentStudy({ ...item, modalities: [] }, parsed(), "https://film.example/dicomweb/mine");
    expect(shown["00080061"]).toEqual({ vr: "CS" });
  });
});
