import { beforeEach, describe, expect, it } from "@jest/globals";
import { auditShown } from "../../../shared/audit/audit-shown.ts";
import { testGrant } from "../../support/grant.ts";
import { type MemoryTable, memoryTable } from "../../support/memory/table.ts";
import { city, county, village } from "../../support/network.ts";
import { testRegion, user } from "../../support/principals.ts";

const doctor = user("radiologist", county.hospital);
const studyOf = (hospital: string, studyUid: string) => ({ region: testRegion, hospital, studyUid });
let table: MemoryTable;
const grant = () => testGrant({ principal: doctor, action: "searchStudies", table });

/** What each hospital's auditor finds of the list: the UIDs, by hospital; copies for the reader's hospital apart. */
function found(copies = false) {
  const records = table.items("audit").filter(({ copy }) => (copy === true) === copies);
  return Object.fromEntries(
    records.map(({ hospital, entity }) => [hospital, (entity as { studyUids?: string[] }).studyUids]),
  );
}

beforeEach(() => {
  table = memoryTable();
});

describe("a list of studies of several hospitals", () => {
  const shown = [
    studyOf(county.hospital, "1.1"),
    studyOf(village.hospital, "2.1"),
    studyOf(city.hospital, "3.1"),
    studyOf(village.hospital, "2.2"),
  ];

  it("is on record with each of them, with the studies that were theirs", async () => {
    await auditShown(grant(), shown);
    expect(found()).toEqual({ "county-1": ["1.1"], "village-1": ["2.1", "2.2"], "city-1": ["3.1"] });
    expect(found(true)).toEqual({ "village-1": ["2.1", "2.2"], "city-1": ["3.1"] });
  });

  it("is on record where it was asked when it is empty", async () => {
    await auditShown(grant(), []);
    expect(table.items("audit")).toMatchObject([{ hospital: "county-1", detail: "0 studies", entity: {} }]);
  });

  it("leaves records of a bearable size", async () => {
    await auditShown(
      grant(),
      Array.from({ length: 250 }, (_, n) => studyOf(county.hospital, `1.${n}`)),
    );
    const sizes = table
      .items("audit")
      .map(({ entity }) => (entity as { studyUids: string[] }).studyUids.length);
    expect(sizes.toSorted()).toEqual([100, 100, 50]);
  });
});
