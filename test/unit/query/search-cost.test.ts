import { describe, expect, it } from "@jest/globals";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchLimits } from "../../../shared/query/search-limits.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { storeManyStudies, storeStudy, type TestStudy } from "../../support/archive.ts";
import { testGrant } from "../../support/grant.ts";
import { type MemoryTable, memoryTable } from "../../support/memory/table.ts";
import { user } from "../../support/principals.ts";

/** The patient everyone searches for, in every archive; the rest is other people on other days. */
const wanted: TestStudy = {
  studyUid: "1.2.3",
  name: "Ouyang^Xue=欧阳^雪",
  patientId: "WANTED",
  accession: "ACC-WANTED",
  date: "20260215",
  modality: "XA",
};
const surnames = ["Li=李", "Zhang=张", "Chen=陈", "Liu=刘"];

async function archiveOf(studies: number): Promise<MemoryTable> {
  const table = memoryTable();
  await storeStudy(table, wanted);
  const others = Array.from({ length: studies - 1 }, (_, index) => someoneElse(index));
  storeManyStudies(table, others);
  return table;
}

function someoneElse(index: number): TestStudy {
  const month = String((index % 12) + 1).padStart(2, "0");
  const day = String((index % 28) + 1).padStart(2, "0");
  const name = surnames[index % surnames.length] as string;
  const number = String(index);
  return {
    studyUid: `2.${index + 1}`,
    name,
    patientId: number,
    accession: number,
    date: `2020${month}${day}`,
  };
}

/** Read units a search costs: DynamoDB's own arithmetic on items and bytes read, since emulators report other numbers. */
async function cost(table: MemoryTable, query: string): Promise<number> {
  const grant = testGrant({
    principal: user("radiologist", "qinghe-county"),
    action: "searchStudies",
    table,
  });
  table.resetReads();
  const page = await searchStudies(grant, parseSearch(new URLSearchParams(query), "study"));
  expect(page.studies.map(({ studyUid }) => studyUid)).toEqual(["1.2.3"]);
  return table.reads().units;
}

describe("what a search costs", () => {
  it("does not grow with the archive for any indexed predicate: 100 000 studies cost what 1 000 do", async () => {
    const [small, large] = [await archiveOf(1_000), await archiveOf(100_000)];
    for (const query of [
      "PatientID=WANTED",
      "AccessionNumber=ACC-WANTED",
      "StudyInstanceUID=1.2.3",
      "PatientName=欧阳雪",
      "PatientName=ouyang*",
      "PatientName=oyx",
      "StudyDate=20260201-20260228",
      "ModalitiesInStudy=XA&StudyDate=20260201-",
    ]) {
      expect([query, await cost(large, query)]).toEqual([query, await cost(small, query)]);
    }
  }, 120_000);

  it("is bounded for a predicate without an index, and the rest follows by cursor", async () => {
    const table = await archiveOf(searchLimits.studiesExamined + 500);
    const grant = testGrant({
      principal: user("radiologist", "qinghe-county"),
      action: "searchStudies",
      table,
    });
    table.resetReads();
    const query = new URLSearchParams("StudyDescription=nothing");
    const page = await searchStudies(grant, parseSearch(query, "study"));
    expect(page).toMatchObject({ studies: [], capped: true, next: expect.any(String) });
    expect(table.reads().items).toBeLessThanOrEqual(2 * searchLimits.studiesExamined + 300);
    query.set("cursor", page.next as string);
    expect(await searchStudies(grant, parseSearch(query, "study"))).toMatchObject({
      studies: [],
      capped: false,
    });
  });
});
