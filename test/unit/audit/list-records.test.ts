import { beforeEach, describe, expect, it } from "@jest/globals";
import { auditApi } from "../../../functions/audit/api.ts";
import { auditNow, auditRecord } from "../../../shared/audit/record.ts";
import { callApi, type TestKernel, testKernel } from "../../support/api.ts";
import { city, village } from "../../support/network.ts";
import { callerFor, user } from "../../support/principals.ts";

const day = "2027-03-01";
let kernel: TestKernel;

/** Someone looked at `count` studies of the hospital, a second apart. */
async function looks(count: number, hospital = village): Promise<void> {
  for (let n = 0; n < count; n++) {
    const record = auditRecord({
      caller: callerFor(user("physician", hospital.hospital)),
      action: "getStudy",
      outcome: "permitted",
      policies: ["physician-own-hospital"],
      hospital,
      audited: { studyUid: `1.2.${n}` },
      at: kernel.clock.now(),
    });
    await auditNow(kernel.table, record);
    kernel.clock.advance(1000);
  }
}

const read = (query: string, principal = user("auditor", village.hospital)) =>
  callApi(
    auditApi(() => kernel),
    { method: "GET", path: `/v1/audit?${query}`, principal },
  );

interface Shown {
  readonly entity: { readonly studyUid?: string };
}
const studies = (records: readonly Shown[]) => records.map(({ entity }) => entity.studyUid).filter(Boolean);

beforeEach(() => {
  kernel = testKernel();
});

describe("an auditor", () => {
  it("reads the records of a day, newest first, over all shards", async () => {
    await looks(30);
    const { status, json } = await read(`day=${day}`);
    expect(status).toBe(200);
    expect(studies(json.records)).toEqual(Array.from({ length: 30 }, (_, n) => `1.2.${29 - n}`));
    expect(json.records[1]).toMatchObject({
      action: "getStudy",
      outcome: "permitted",
      agent: { hospital: "village-1", roles: ["physician"] },
      source: { ip: "192.0.2.1" },
      recorded: "2027-03-01T08:00:29.000Z",
    });
    expect(json.records[1]).not.toHaveProperty("pk");
  });

  it("turns pages without missing or repeating a record", async () => {
    await looks(25);
    const seen: string[] = [];
    let cursor = "";
    do {
      const { json } = await read(`day=${day}&limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...(studies(json.records) as string[]));
      cursor = json.next ?? "";
    } while (cursor !== "");
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `1.2.${24 - n}`));
  });

  it("is on record too", async () => {
    await read(`day=${day}`);
    const { json } = await read(`day=${day}`);
    expect(json.records).toHaveLength(2);
    expect(json.records[0]).toMatchObject({ action: "listAuditRecords", detail: `records of ${day}` });
  });

  it("does not read another hospital's, unless of the whole network", async () => {
    await looks(1, city);
    expect((await read(`day=${day}&hospital=city-1`)).status).toBe(403);
    const { json } = await read(`day=${day}&hospital=city-1`, user("auditor"));
    expect(studies(json.records)).toEqual(["1.2.0"]);
    const network = await read(`day=${day}&hospital=_network`, user("auditor"));
    expect(network.status).toBe(200);
  });

  it("of the whole network says which hospital", async () => {
    expect((await read(`day=${day}`, user("auditor"))).status).toBe(400);
  });

  it("names a day", async () => {
    const answer = await read("day=yesterday");
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "query/day" }] } });
  });
});

describe("records", () => {
  it("of one moment are spread over the shards", async () => {
    await looks(64);
    const partitions = new Set(kernel.table.items("audit").map(({ pk }) => pk));
    expect(partitions.size).toBeGreaterThan(4);
  });
});
