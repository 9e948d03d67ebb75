/** Everything derived may be lost, and the catalog itself: `mic rebuild` makes it again from the archive. */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateQuery,
} from "@aws-sdk/client-dynamodb";
import { DeleteObjectsCommand, GetObjectTaggingCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { keys, studyPartition } from "../../shared/catalog/keys.ts";
import { aws, bucketOf, names, s3 } from "../support/aws.ts";
import { cloud, eventually, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";

const technician = "technician@qinghe-county";
const physician = signedIn("physician@qinghe-county");
const radiologist = signedIn("radiologist@qinghe-county");
const studyUid = newUid();
const slices = 5;

const thumbnail = async (): Promise<number> => {
  const { status, headers } = await physician.get(`/dicomweb/mine/studies/${studyUid}/thumbnail`);
  return status === 307 ? (await fetch(headers.get("location") as string)).status : status;
};
const seen = () => eventually("thumbnail", 90, async () => ((await thumbnail()) === 200 ? true : undefined));

/** Deletes thumbnails and frames, not the metadata that indexing wrote; answers how many objects. */
async function loseDerived(): Promise<number> {
  const Bucket = await bucketOf("derived");
  const Prefix = `${cloud.region}/qinghe-county/${studyUid}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  const derived = Contents.filter(({ Key = "" }) => !Key.endsWith("/metadata.json"));
  const Objects = derived.map(({ Key = "" }) => ({ Key }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  return Objects.length;
}

describe("mic rebuild", () => {
  beforeAll(async () => {
    const session = signedIn(technician);
    await settled(session, await send(session, ctSeries(slices, { studyUid })));
    await seen();
  });

  it("is not for everybody", async () => {
    const { code, stderr } = await mic(technician, "rebuild", "--study", studyUid);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("You may not do this") });
  });

  it("brings thumbnails back from the archive alone", async () => {
    expect(await loseDerived()).toBeGreaterThan(0);
    expect([403, 404]).toContain(await thumbnail());
    const { code, json } = await micJson("hospital-admin@qinghe-county", "rebuild", "--study", studyUid);
    expect({ code, json }).toEqual({ code: 0, json: { queued: slices } });
    await seen();
  });
});

type StoredItem = Record<string, AttributeValue>;
const dynamo = new DynamoDBClient(aws);
const TableName = names.table("catalog");
const owner = { region: cloud.region, hospital: "qinghe-county" };

async function itemsOf(pk: string): Promise<readonly StoredItem[]> {
  const found: StoredItem[] = [];
  const query = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": { S: pk } },
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamo }, query)) found.push(...Items);
  return found;
}

/** What the catalog holds of the study, but for what says when it was written. */
async function catalogOf(): Promise<readonly unknown[]> {
  const study = await itemsOf(studyPartition({ ...owner, studyUid }));
  const sops = study.flatMap(({ type, sopUid }) => (type?.S === "instance" ? (sopUid?.S ?? []) : []));
  const claims = await Promise.all(sops.map((sop) => itemsOf(keys.claim(owner, sop).pk)));
  const lasting = [
    "pk",
    "sk",
    "type",
    "attributes",
    "sha256",
    "size",
    "keyArn",
    "instances",
    "bytes",
    "state",
  ];
  const more = [
    "nameKeys",
    "modalities",
    "seriesCount",
    "uploadId",
    "fileId",
    "retainUntil",
    "archiveVersionId",
  ];
  const kept = new Set(["study", "series", "instance", "counter", "claim"]);
  return [...study, ...claims.flat()]
    .filter(({ type }) => kept.has(type?.S ?? ""))
    .map((item) => Object.fromEntries([...lasting, ...more].map((name) => [name, item[name]])));
}

/** A report that was signed, once its document says that it was issued. */
async function signedReport(): Promise<string> {
  const content = { findings: "右肺上叶结节。", impression: "建议复查。" };
  const draft = await radiologist.post(`/v1/studies/${studyUid}/reports`, content);
  const { reportId } = draft.body;
  const match = { "if-match": draft.headers.get("etag") as string };
  expect((await radiologist.post(`/v1/reports/${reportId}/sign`, {}, match)).status).toBe(200);
  const Bucket = await bucketOf("archive");
  const Prefix = `report/${cloud.region}/qinghe-county/${studyUid}/${reportId}/`;
  await eventually("an issued document", 60, async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: Contents[0]?.Key }));
    return TagSet.some(({ Value }) => Value === "issued") ? true : undefined;
  });
  return reportId;
}

/** What a reader sees of the report, and whether it is what was signed. */
async function reportAsRead(reportId: string): Promise<unknown> {
  const { body } = await radiologist.get(`/v1/reports/${reportId}`);
  const { body: proof } = await radiologist.get(`/v1/reports/${reportId}/verification?originals=true`);
  return { ...body, createdAt: "", updatedAt: "", verdict: proof.verdict };
}

/** Deletes everything the catalog holds of the study and its report; answers how many items. */
async function loseCatalog(reportId: string): Promise<number> {
  const study = await itemsOf(studyPartition({ ...owner, studyUid }));
  const sops = study.flatMap(({ type, sopUid }) => (type?.S === "instance" ? (sopUid?.S ?? []) : []));
  const claims = sops
    .map((sop) => keys.claim(owner, sop))
    .map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  const report = await itemsOf(keys.report(reportId).pk);
  const lost = [...[...study, ...report].map(({ pk, sk }) => ({ pk, sk }) as StoredItem), ...claims];
  for (let at = 0; at < lost.length; at += 25) {
    const requests = lost.slice(at, at + 25).map((Key) => ({ DeleteRequest: { Key } }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
  }
  return lost.length;
}

describe("mic rebuild --catalog", () => {
  it("brings back from the archive alone what the catalog knew of a study, as it was", async () => {
    await eventually("counts rolled up", 60, async () => {
      const { body } = await physician.get(`/dicomweb/mine/studies?StudyInstanceUID=${studyUid}`);
      return body?.[0]?.["00201208"]?.Value?.[0] === slices ? true : undefined;
    });
    const reportId = await signedReport();
    const before = await catalogOf();
    expect(before.length).toBeGreaterThan(2 * slices);
    const read = await reportAsRead(reportId);
    expect(read).toMatchObject({ content: { impression: "建议复查。" }, verdict: "valid" });
    expect(await loseCatalog(reportId)).toBeGreaterThan(2 * slices);
    expect(await catalogOf()).toEqual([]);

    const admin = "hospital-admin@qinghe-county";
    const { code, json } = await micJson(admin, "rebuild", "--catalog", "--study", studyUid);
    expect({ code, json }).toEqual({ code: 0, json: { queued: slices } });
    await eventually("the same catalog", 90, async () =>
      JSON.stringify(await catalogOf()) === JSON.stringify(before) ? true : undefined,
    ).catch(async () => expect(await catalogOf()).toEqual(before));
    await seen();
    expect(await reportAsRead(reportId)).toEqual(read);
    await eventually("a ledger that balances", 60, async () =>
      (await mic(admin, "audit", "ledger")).code === 0 ? true : undefined,
    );
  });
});
