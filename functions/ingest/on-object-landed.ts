/** S3 says through a queue that objects landed. Both lanes, routine and stat, run this. */
import type { Context, S3Event, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { IngestDependencies } from "../../shared/ingest/dependencies.ts";
import { ingestObject, type LandedObject } from "../../shared/ingest/ingest-object.ts";
import { newUlid } from "../../shared/new-ulid.ts";
import { environment } from "../environment.ts";
import { log } from "../log.ts";
import { settleWarily } from "../settle-warily.ts";
import { stores } from "../stores.ts";

/**
 * Far longer than copying and committing a file of usual size takes, far shorter than a run may: what a file waits when its
 * worker died is this, not the fifteen minutes a worker of large files has.
 */
const leaseMilliseconds = 60_000;

export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  return settleWarily(event.Records, async (record) => {
    for (const object of landedIn(record)) {
      const outcome = await ingestObject(dependencies(context), object);
      log(outcome === "foreign" ? "error" : "info", "landed object", {
        requestId: context.awsRequestId,
        key: object.key,
        outcome,
      });
    }
  });
}

function dependencies(context: Context): IngestDependencies {
  const { table, objects, clock } = stores();
  const { region, retentionYears } = environment("settings");
  return {
    table,
    objects,
    clock,
    region,
    retentionYears,
    leaseMilliseconds: () => leaseMilliseconds,
    attempt: newUlid(),
    requestId: context.awsRequestId,
  };
}

/** S3 sends a test event without records when the notification is set up. Keys come form-encoded. */
export function landedIn({ body }: Pick<SQSRecord, "body">): readonly LandedObject[] {
  const { Records = [] } = JSON.parse(body) as Partial<S3Event>;
  return Records.map(({ s3: { object } }) => ({
    key: decodeURIComponent(object.key.replaceAll("+", " ")),
    ...(object.versionId && { versionId: object.versionId }),
  }));
}
