import { describe, expect, it } from "@jest/globals";
import { studyFindItems } from "../../../shared/catalog/find-items.ts";
import type { DicomJson, StudyItem } from "../../../shared/catalog/items.ts";
import { keys, searchPartitions } from "../../../shared/catalog/keys.ts";
import { nameKeys } from "../../../shared/catalog/names.ts";

const hospital = { region: "eu-central-1", hospital: "qinghe-county" };
const studyUid = "1.2.3";

function study(attributes: DicomJson, more: Partial<StudyItem> = {}): StudyItem {
  const key = { ...hospital, studyUid };
  const dates = { createdAt: "2027-01-01T00:00:00Z", retainUntil: "2042-01-02T00:00:00Z" };
  return { ...keys.study(key), type: "study", ...key, attributes, keyArn: "key", ...dates, ...more };
}
const partitions = (item: StudyItem) => studyFindItems(item).map(({ pk }) => pk);

describe("the search items of a study", () => {
  it("file a study without a date under no month of any year", () => {
    const undated = study({});
    expect(partitions(undated)).toEqual([
      searchPartitions.month(hospital, "000000"),
      searchPartitions.months(hospital),
    ]);
    expect(studyFindItems(undated)[0]?.sk).toBe(`00000000#${studyUid}`);
  });

  it("leave out values no partition key could hold", () => {
    const damaged = study(
      { "00080050": { vr: "SH", Value: ["9".repeat(3000)] } },
      { patientId: "P".repeat(3000) },
    );
    expect(partitions(damaged)).toHaveLength(2);
  });

  it("put each name key under its first character, also one beyond the basic plane", () => {
    const rare = study({}, { nameKeys: ["𠮷田", "田"] });
    expect(partitions(rare)).toContain(searchPartitions.name(hospital, "𠮷"));
  });

  it("are the same however often they are made", () => {
    const item = study({}, { nameKeys: nameKeys("Zeng^Li=曾^丽") });
    const made = studyFindItems(item);
    expect(studyFindItems(item)).toEqual(made);
    expect(new Set(made.map(({ pk, sk }) => `${pk} ${sk}`)).size).toBe(made.length);
  });
});
