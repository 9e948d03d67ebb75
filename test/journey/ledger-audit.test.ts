/** `mic audit ledger` on the deployed cloud: balanced after work of every kind, and not once something is damaged. */
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { keys } from "../../shared/catalog/keys.ts";
import type { LedgerAuditReply } from "../../shared/contract/schemas/ledger.ts";
import type { LedgerFile } from "../../shared/contract/schemas/upload.ts";
import { aws, names } from "../support/aws.ts";
import { cloud, eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctInstance, ctSeries, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";
import { sliceFile } from "../support/slices.ts";

const admin = "hospital-admin@qinghe-county";
const technician = signedIn("technician@qinghe-county");
const dynamo = new DynamoDBClient(aws);
const studyUid = newUid();
const [seriesUid, sopUid] = [newUid(), newUid()];

const wrongIn = ({ checks }: { readonly checks: LedgerAuditReply["checks"] }): readonly string[] =>
  checks.filter(({ violations }) => violations > 0).map(({ check }) => check);

/** A file without a study's UID, to which the administrator gives one: its bytes as they came lie beside the copy. */
async function correctedFile(): Promise<void> {
  const bytes = sliceFile({ studyUid: "", seriesUid: newUid(), sopUid: newUid() });
  const uploadId = await send(technician, [{ name: "e.dcm", bytes }]);
  await settled(technician, uploadId);
  const correct = `/v1/quarantine/${uploadId}/0/correct`;
  expect((await signedIn(admin).post(correct, { studyInstanceUid: "new" })).status).toBe(202);
  const { files } = await settled(technician, uploadId);
  const [{ state, studyInstanceUid }] = files as [LedgerFile];
  expect(state).toBe("indexed");
  const rebuilt = await micJson(admin, "rebuild", "--catalog", "--study", studyInstanceUid as string);
  expect(rebuilt).toMatchObject({ code: 0, json: { queued: 1 } });
}

describe("mic audit ledger", () => {
  it("is not for everybody", async () => {
    const { code, stderr } = await mic("technician@qinghe-county", "audit", "ledger");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("You may not do this") });
  });

  it("balances after files that were indexed, sent twice, in conflict, refused, corrected and never sent", async () => {
    const one = { name: "a.dcm", bytes: ctInstance({ studyUid, seriesUid, sopUid }) };
    const other = { name: "b.dcm", bytes: ctInstance({ studyUid, seriesUid, sopUid, instanceNumber: 9 }) };
    await settled(technician, await send(technician, [one, ...ctSeries(3, { studyUid })]));
    const broken = { name: "c.dcm", bytes: new Uint8Array(300) };
    const ledger = await settled(technician, await send(technician, [one, other, broken]));
    expect(ledger.totals).toMatchObject({ duplicate: 1, conflict: 1, quarantined: 1 });
    await correctedFile();
    await technician.post("/v1/uploads", { files: [{ name: "d.dcm", size: 9, sha256: "a".repeat(64) }] });

    const { code, json } = await micJson(admin, "audit", "ledger");
    expect({ code, wrong: wrongIn(json), violations: json.violations }).toEqual({
      code: 0,
      wrong: [],
      violations: [],
    });
    expect(json).toMatchObject({ balanced: true, hospitals: ["qinghe-county"] });
    const count = (check: string): number =>
      json.checks.find((one: Json) => one.check === check)?.examined ?? 0;
    expect(count("original")).toBeGreaterThanOrEqual(4);
    expect(count("bytes")).toBe(count("original"));
    expect(count("balance")).toBeGreaterThanOrEqual(3);
  });

  it("is a table for people, and the operator's runs over every hospital", async () => {
    const { code, stdout } = await mic("network-operator@network", "audit", "ledger");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Everything balances.") });
    expect(stdout).toMatch(/^archived-once +\d+ +0 +0 /m);
  });

  it("names what is damaged, and ends with 3", async () => {
    const TableName = names.table("catalog");
    const { pk, sk } = keys.claim({ region: cloud.region, hospital: "qinghe-county" }, sopUid);
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key }));
    await dynamo.send(new DeleteItemCommand({ TableName, Key }));
    try {
      const { code, json } = await micJson(admin, "audit", "ledger");
      expect({ code, wrong: wrongIn(json) }).toEqual({ code: 3, wrong: ["claimed"] });
      expect(json.violations).toMatchObject([
        { check: "claimed", studyUid, sopUid, hospital: "qinghe-county" },
      ]);
    } finally {
      await dynamo.send(new PutItemCommand({ TableName, Item }));
    }
    await eventually("balance", 10, async () =>
      (await mic(admin, "audit", "ledger")).code === 0 ? true : undefined,
    );
  });
});
