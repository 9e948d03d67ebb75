import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Reach } from "../../../shared/access/grant.ts";
import { narrowTable } from "../../../shared/access/narrow-table.ts";
import { keys, searchPartitions, studyPartition } from "../../../shared/catalog/keys.ts";
import { ConditionFailed } from "../../../shared/errors.ts";
import type { Item, Write } from "../../../shared/ports.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import type { MemoryTable } from "../../support/memory/table.ts";
import { city, county, ids, networkTable, study, village } from "../../support/network.ts";

const clock = fixedClock();
const absent = [[{ attribute: "pk", is: "absent" }]] as const;
const put = (item: Item): Write => ({ op: "put", item });
const elsewhere = { ...city, studyUid: "9.9.9" };
const inCity: Item = { ...keys.report("CITYREPORT"), type: "report", ...elsewhere, reportId: "CITYREPORT" };

let whole: MemoryTable;
beforeEach(async () => {
  whole = await networkTable();
  await whole.write([put(inCity), put({ ...keys.study(elsewhere), type: "study", ...elsewhere })]);
});

const ofVillage: Reach = { hospitals: [village], studies: [], grantees: ["hospital-village-1"] };
const ofStudy: Reach = { hospitals: [], studies: [study], grantees: ["hospital-county-1"] };
const narrowed = (reach: Reach) => narrowTable(whole, reach, () => clock.now());

describe("a table narrowed to a hospital", () => {
  it.each([
    ["a study", keys.study(study)],
    ["an instance", keys.instance({ ...study, seriesUid: "1", sopUid: "2" })],
    ["a claim", keys.claim(village, "2")],
    ["an upload", keys.upload(village, ids.uploadId)],
    ["a list of links", keys.shareList(village, ids.shareId)],
  ])("reads and writes %s of it", async (_, key) => {
    const table = narrowed(ofVillage);
    await table.write([put({ ...key, type: "x" })]);
    expect(await table.get(key)).toMatchObject(key);
  });

  it.each([
    ["a study", keys.study({ ...study, ...city })],
    ["a hospital whose name begins alike", keys.study({ ...study, hospital: "village-10" })],
    ["a hospital of another region", keys.study({ ...study, region: "cn-north-1" })],
    ["a claim", keys.claim(city, "2")],
    ["an upload", keys.upload(city, ids.uploadId)],
    ["a worklist", keys.worklist(city, "routine", "C")],
    ["an idempotency item", keys.idempotency("p", "k")],
    ["an opened link's session", keys.shareSession("h")],
    ["studies still open", keys.open(elsewhere, 0)],
  ])("does not even look at %s of another", async (_, key) => {
    const table = narrowed(ofVillage);
    whole.before(() => {
      throw new Error("looked");
    });
    await expect(table.get(key)).rejects.toThrow("Out of reach");
    await expect(table.batchGet([keys.study(study), key])).rejects.toThrow("Out of reach");
    await expect(table.query({ pk: key.pk })).rejects.toThrow("Out of reach");
    await expect(table.write([{ op: "update", key, set: { a: 1 } }])).rejects.toThrow("Out of reach");
    await expect(table.write([{ op: "delete", key }])).rejects.toThrow("Out of reach");
    await expect(table.write([{ op: "check", key, when: absent }])).rejects.toThrow("Out of reach");
  });

  it("searches its own index only", async () => {
    const table = narrowed(ofVillage);
    await table.query({ pk: searchPartitions.patientId(village, "P1") });
    await expect(table.query({ pk: searchPartitions.patientId(city, "P1") })).rejects.toThrow("Out of reach");
  });

  it("reads profiles of the network and writes none", async () => {
    const table = narrowed(ofVillage);
    await table.get(keys.hospital(city));
    await expect(table.write([put({ ...keys.hospital(city), type: "hospital" })])).rejects.toThrow(
      "Out of reach",
    );
    const operator = narrowed({ hospitals: [], studies: [], grantees: [], network: true });
    await operator.write([put({ ...keys.hospital(city), type: "hospital" })]);
  });

  it("gives its own studies away and no others'", async () => {
    const table = narrowed(ofVillage);
    const access = (of: typeof study): Item => ({
      ...keys.studyAccess("hospital-city-1", of),
      type: "study-access",
      ...of,
    });
    await table.write([put(access(study))]);
    await expect(table.write([put(access(elsewhere))])).rejects.toThrow("Out of reach");
  });

  it("puts its consult on another's worklist, and nobody else's", async () => {
    const table = narrowed(ofVillage);
    const item = { ...keys.worklist(county, "stat", "C9"), type: "worklist", ...study };
    await table.write([put(item)]);
    await expect(table.write([put({ ...item, ...elsewhere })])).rejects.toThrow("Out of reach");
  });
});

describe("items found by their id", () => {
  it("look as if they were not there when they are another's", async () => {
    const table = narrowed(ofVillage);
    expect(await table.get(keys.report(ids.reportId))).toBeDefined();
    expect(await table.get(keys.report("CITYREPORT"))).toBeUndefined();
    expect(await table.batchGet([keys.report("CITYREPORT"), keys.report(ids.reportId)])).toHaveLength(1);
    expect((await table.query({ pk: inCity.pk })).items).toEqual([]);
  });

  it.each<[string, Write]>([
    ["updated", { op: "update", key: keys.report("CITYREPORT"), set: { status: "signed" } }],
    ["deleted", { op: "delete", key: keys.report("CITYREPORT") }],
    [
      "checked",
      { op: "check", key: keys.report("CITYREPORT"), when: [[{ attribute: "pk", is: "present" }]] },
    ],
    ["replaced", put({ ...inCity, ...study })],
  ])("are not %s when they are another's, in the same transaction", async (_, write) => {
    await expect(narrowed(ofVillage).write([write])).rejects.toThrow(ConditionFailed);
    expect(await whole.get(keys.report("CITYREPORT"))).toEqual(inCity);
  });

  it("cannot be made another's, nor taken", async () => {
    const table = narrowed(ofVillage);
    const key = keys.report(ids.reportId);
    await expect(table.write([put({ ...key, type: "report", ...elsewhere })])).rejects.toThrow(
      "Out of reach",
    );
    await expect(table.write([put({ ...key, type: "report" })])).rejects.toThrow("Out of reach");
    await expect(table.write([{ op: "update", key, set: { hospital: "city-1" } }])).rejects.toThrow(
      "Out of reach",
    );
    await expect(table.write([{ op: "update", key, remove: ["hospital"] }])).rejects.toThrow("Out of reach");
  });

  it("keep the use case's own condition", async () => {
    const table = narrowed(ofVillage);
    const key = keys.report(ids.reportId);
    const update = (value: string): Write => ({
      op: "update",
      key,
      set: { status: "signed" },
      when: [[{ attribute: "reportId", is: "=", value }], [{ attribute: "status", is: "=", value: "draft" }]],
    });
    await expect(table.write([update("another")])).rejects.toThrow(ConditionFailed);
    await table.write([update(ids.reportId)]);
    const fresh = { ...keys.report("NEW"), type: "report", ...study };
    await table.write([{ op: "put", item: fresh, when: absent }]);
    await expect(table.write([{ op: "put", item: fresh, when: absent }])).rejects.toThrow(ConditionFailed);
    await table.write([put(fresh)]);
  });

  it("are the receiving hospital's too when they are a consult to it", async () => {
    const table = narrowed(ofStudy);
    const other: Reach = { ...ofStudy, studies: [] };
    const key = keys.consult(ids.consultId);
    expect(await narrowed(other).get(key)).toBeDefined();
    await table.write([{ op: "update", key, set: { status: "answered" } }]);
    const stranger = narrowed({ hospitals: [city], studies: [], grantees: ["hospital-city-1"] });
    expect(await stranger.get(key)).toBeUndefined();
  });
});

describe("a table narrowed to a study", () => {
  it("holds that study, its report and nothing else of the hospital", async () => {
    const table = narrowed(ofStudy);
    expect(await table.get(keys.study(study))).toBeDefined();
    expect(await table.get(keys.report(ids.reportId))).toBeDefined();
    for (const pk of [studyPartition({ ...study, studyUid: "1.2.30" }), keys.upload(village, "U").pk])
      await expect(table.query({ pk })).rejects.toThrow("Out of reach");
    await expect(table.query({ pk: searchPartitions.month(village, "202703") })).rejects.toThrow(
      "Out of reach",
    );
  });

  it("takes the report of that study and of no other", async () => {
    const table = narrowed(ofStudy);
    const report = (studyUid: string) => put({ ...keys.report("N"), type: "report", ...study, studyUid });
    await table.write([report(study.studyUid)]);
    await expect(table.write([report("4.5.6")])).rejects.toThrow("Out of reach");
  });

  it("leaves records under the hospital that owns the study, and changes none", async () => {
    const table = narrowed(ofStudy);
    const record = (hospital: typeof village): Item => ({
      ...keys.audit(hospital, "2027-03-01", 0, "R"),
      type: "audit",
    });
    await table.write([{ op: "put", table: "audit", item: record(village) }]);
    await table.write([{ op: "put", table: "audit", item: record(county) }]);
    await expect(table.write([{ op: "put", table: "audit", item: record(city) }])).rejects.toThrow(
      "Out of reach",
    );
    const key = keys.audit(village, "2027-03-01", 0, "R");
    await expect(table.write([{ op: "delete", table: "audit", key }])).rejects.toThrow("Out of reach");
    await expect(table.query({ table: "audit", pk: key.pk })).rejects.toThrow("Out of reach");
  });
});

describe("a table narrowed to what a hospital was given", () => {
  const mine: Reach = { hospitals: [county], studies: [], grantees: ["hospital-county-1"] };

  it("opens a study once its StudyAccess item was read", async () => {
    const table = narrowed(mine);
    await expect(table.get(keys.study(study))).rejects.toThrow("Out of reach");
    const { items } = await table.query({ pk: "ACCESS#hospital-county-1" });
    expect(items).toHaveLength(1);
    expect(await table.get(keys.study(study))).toBeDefined();
  });

  it("does not open one whose access has expired", async () => {
    const key = keys.studyAccess("hospital-county-1", study);
    await whole.write([{ op: "update", key, set: { expiresAt: Math.floor(clock.now().getTime() / 1000) } }]);
    const table = narrowed(mine);
    expect((await table.query({ pk: "ACCESS#hospital-county-1" })).items).toEqual([]);
    await expect(table.get(keys.study(study))).rejects.toThrow("Out of reach");
  });

  it("does not read what another was given", async () => {
    await expect(narrowed(mine).query({ pk: "ACCESS#hospital-city-1" })).rejects.toThrow("Out of reach");
  });
});
