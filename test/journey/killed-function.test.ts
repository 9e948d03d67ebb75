import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { aws, awsEnvironment, names, s3 } from "../support/aws.ts";
import { cloud, eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const lambda = new LambdaClient(aws);
/** More than ingest makes for one file: the last workers survive, which shows that every change was tried. */
const changesAtMost = 24;

interface Ingest {
  readonly mapping: string;
  readonly environment: Readonly<Record<string, string>>;
}
let ingest: Ingest;

async function routineIngest(): Promise<Ingest> {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const found = EventSourceMappings.find(({ EventSourceArn }) =>
    EventSourceArn?.endsWith(`:${names.queue("ingest")}`),
  );
  if (!found?.UUID) throw new Error("no event source mapping on the routine ingest queue");
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: found.FunctionArn }),
  );
  return { mapping: found.UUID, environment: Environment?.Variables ?? {} };
}

const listen = (Enabled: boolean) =>
  lambda.send(new UpdateEventSourceMappingCommand({ UUID: ingest.mapping, Enabled }));

/** Exit code, or the signal that ended it. */
function worker(key: string, versionId: string, dieAt: number): Promise<number | string> {
  const script = join(import.meta.dirname, "../support/ingest-and-die.ts");
  const env = { ...process.env, ...ingest.environment, ...awsEnvironment, NODE_OPTIONS: "" };
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--no-warnings", script, key, versionId, String(dieAt)], {
      env,
      stdio: "inherit",
    });
    child.on("exit", (code, signal) => done(signal ?? code ?? 1));
  });
}

async function versionsOf(bucket: string, prefix: string) {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
  return Versions;
}

describe("ingest, killed right after each of its writes", () => {
  beforeAll(async () => {
    ingest = await routineIngest();
  });
  afterAll(() => listen(true));

  it("leaves nothing lost, nothing twice and the counts exact once the event comes again", async () => {
    const studyUid = newUid();
    const files = ctSeries(changesAtMost, { studyUid });
    await listen(false);
    const uploadId = await send(technician, files);
    const buckets = JSON.parse(ingest.environment.MIC_BUCKETS as string) as Record<string, string>;
    const landed = await versionsOf(buckets.landing as string, `routine/xinghe-village/${uploadId}/`);
    expect(landed).toHaveLength(changesAtMost);

    const ends: (number | string)[] = [];
    for (const [index, { Key, VersionId }] of landed.entries()) {
      ends.push(await worker(Key as string, VersionId as string, index + 1));
    }
    expect(ends.filter((end) => end === "SIGKILL").length).toBeGreaterThan(6);
    expect(ends.at(-1)).toBe(0);

    await listen(true);
    const ledger = await settled(technician, uploadId, 240);
    expect(ledger.totals).toEqual({
      awaiting: 0,
      stored: 0,
      indexed: changesAtMost,
      duplicate: 0,
      conflict: 0,
      quarantined: 0,
    });
    const originals = await versionsOf(
      buckets.archive as string,
      `${cloud.region}/xinghe-village/${studyUid}/`,
    );
    expect(originals.filter(({ Key = "" }) => Key.endsWith(".dcm"))).toHaveLength(changesAtMost);
    await eventually("exact count", 30, async () => {
      const { body } = await technician.get<Json>(`/v1/studies/${studyUid}`);
      return body.instances === changesAtMost ? true : undefined;
    });
  }, 400_000);
});
