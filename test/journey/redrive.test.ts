/** Work that fails for good: seen in the dead-letter queue, its cause repaired, done again by one command, and nothing lost. */
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { QueueView } from "../../shared/contract/schemas/network.ts";
import type { Ledger } from "../../shared/contract/schemas/upload.ts";
import { aws, bucketOf, names, onAws, s3 } from "../support/aws.ts";
import { eventually, send, settled, signedIn } from "../support/cloud.ts";
import { ctInstance, newUid } from "../support/instances.ts";
import { mic, micJson } from "../support/mic.ts";

const operator = "network-operator@network";
const technician = signedIn("technician@qinghe-county");
const physician = signedIn("physician@qinghe-county");
const sqs = new SQSClient({ ...aws, useQueueUrlAsEndpoint: onAws });

/** The queue's own number of tries takes half an hour: two tries fail the same way. */
async function triesOf(word: "ingest" | "derive", maxReceiveCount: number): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.queue(word) }));
  const asked = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
  );
  const policy = JSON.parse(asked.Attributes?.RedrivePolicy ?? "{}") as Record<string, unknown>;
  const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
}

/** A bucket that takes no more of what ends so; answers how to repair it. */
async function refuse(word: "archive" | "derived", ending: string): Promise<() => Promise<unknown>> {
  const Bucket = await bucketOf(word);
  const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy) as { Statement: unknown[] };
  const [{ Resource }] = policy.Statement as [{ Resource: string | string[] }];
  const arn = [Resource].flat().find((one) => !one.endsWith("*")) as string;
  const broken = {
    Sid: "Broken",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "s3:PutObject",
    Resource: `${arn}/${ending}`,
  };
  const Statement = [...policy.Statement, broken];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
  return () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** What the alarm on the dead-letter queue looks at: one message there, and it goes off (infra/blocks/queue.ts). */
async function dead(queue: string): Promise<number> {
  const { json } = await micJson(operator, "queues");
  return (json as QueueView[]).find((one) => one.queue === queue)?.dead ?? -1;
}
const alarmed = (queue: string) =>
  eventually(`a dead letter in ${queue}`, 90, async () => ((await dead(queue)) >= 1 ? true : undefined));

describe("files that could not be ingested", () => {
  const studyUid = newUid();
  let repair: (() => Promise<unknown>) | undefined;
  beforeAll(() => triesOf("ingest", 2));
  afterAll(async () => {
    await repair?.();
    await triesOf("ingest", 12);
  });

  it("raise the alarm, stay where they landed, and are in the archive after one command", async () => {
    repair = await refuse("archive", "*");
    const uploadId = await send(technician, [{ name: "a.dcm", bytes: ctInstance({ studyUid }) }]);
    await alarmed("ingest");
    const waiting = await technician.get<Ledger>(`/v1/uploads/${uploadId}`);
    expect(waiting.body.totals).toMatchObject({ stored: 1, indexed: 0 });
    const audit = await micJson("hospital-admin@qinghe-county", "audit", "ledger");
    expect(audit.code).toBe(0);

    await repair();
    const { code, json } = await micJson(operator, "redrive", "ingest");
    expect({ code, json }).toEqual({ code: 0, json: { queue: "ingest", redriven: 1 } });
    const { totals } = await settled(technician, uploadId);
    expect(totals).toMatchObject({ stored: 0, indexed: 1 });
    expect(await dead("ingest")).toBe(0);
    expect((await mic("hospital-admin@qinghe-county", "audit", "ledger")).code).toBe(0);
  });
});

describe("thumbnails that could not be made", () => {
  const studyUid = newUid();
  const thumbnail = async () =>
    (await physician.get(`/dicomweb/mine/studies/${studyUid}/thumbnail`)).status === 307 ? true : undefined;
  let repair: (() => Promise<unknown>) | undefined;
  beforeAll(() => triesOf("derive", 2));
  afterAll(async () => {
    await repair?.();
    await triesOf("derive", 12);
  });

  it("raise the alarm while the image can be read, and are there after one command", async () => {
    repair = await refuse("derived", "*/thumbnail.jpg");
    const bytes = ctInstance({ studyUid });
    await settled(technician, await send(technician, [{ name: "a.dcm", bytes }]));
    await alarmed("derive");
    expect(await thumbnail()).toBeUndefined();

    await repair();
    expect((await micJson(operator, "redrive", "derive")).json).toEqual({ queue: "derive", redriven: 1 });
    await eventually("thumbnail", 60, thumbnail);
    expect(await dead("derive")).toBe(0);
  });
});

describe("mic redrive", () => {
  it("is the operator's, of queues that hold work", async () => {
    const admin = await mic("hospital-admin@qinghe-county", "redrive", "ingest");
    expect(admin).toMatchObject({ code: 1, stderr: expect.stringContaining("You may not do this") });
    const other = await mic(operator, "redrive", "stream-failures");
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no such queue") });
    expect((await mic(operator, "queues")).stdout).toMatch(/^ingest-stat +0 +0$/m);
  });
});
