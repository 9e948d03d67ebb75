/** A county reads for a village: its report is kept as long as the village's images, and both hospitals' auditors see who read. */
import { GetObjectRetentionCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { bucketOf, onAws, s3 } from "../support/aws.ts";
import { cloud, eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const villageDoctor = signedIn("physician@xinghe-village");
const radiologist = signedIn("radiologist@qinghe-county");

const studyUid = newUid();
const files = ctSeries(2, { studyUid });
const content = { findings: "未见出血。", impression: "未见异常。" };
let reportId = "";

/** Until when the signed document is locked. */
async function keptUntil(): Promise<number> {
  const Bucket = await bucketOf("archive");
  const Prefix = `report/${cloud.region}/xinghe-village/${studyUid}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  expect(Contents).toHaveLength(1);
  const Key = Contents[0]?.Key as string;
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key }));
  return Retention?.RetainUntilDate?.getTime() ?? 0;
}

/** The record of the signature, as an auditor of the hospital finds it. */
async function signatureOnRecord(username: string): Promise<Json> {
  const day = new Date().toISOString().slice(0, 10);
  const { body } = await signedIn(username).get(`/v1/audit?day=${day}&limit=200`);
  return body.records.find(
    ({ action, entity }: Json) => action === "signReport" && entity.reportId === reportId,
  );
}

describe("a county that reads a village's study", () => {
  beforeAll(async () => {
    await settled(technician, await send(technician, files, { encounterClass: "outpatient" }));
    await villageDoctor.post("/v1/consults", { studyUid, toHospital: "qinghe-county" });
    const draft = await radiologist.post(`/v1/studies/${studyUid}/reports`, content);
    reportId = draft.body.reportId;
    const match = { "if-match": draft.headers.get("etag") as string };
    expect((await radiologist.post(`/v1/reports/${reportId}/sign`, {}, match)).status).toBe(200);
  });

  it("is on record at both, once each: the record with the owner, a copy with the reader", async () => {
    const owners = await signatureOnRecord("hospital-admin@xinghe-village");
    expect(owners).toMatchObject({ hospital: "xinghe-village", agent: { hospital: "qinghe-county" } });
    expect(owners).not.toHaveProperty("copy");
    expect(await signatureOnRecord("auditor@qinghe-county")).toEqual({ ...owners, copy: true });
  });

  // A stage that comes and goes keeps every class for a day.
  (onAws ? it.skip : it)(
    "has its report kept longer when the stay turns out to be an inpatient's",
    async () => {
      const before = await keptUntil();
      await settled(technician, await send(technician, files, { encounterClass: "inpatient" }));
      await eventually("longer retention", 30, async () => ((await keptUntil()) > before ? true : undefined));
    },
  );
});
