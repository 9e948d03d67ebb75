/**
 * A batch in which one message may be what ends the process (memory, time), and takes the others with it each time. After two
 * deliveries that came to nothing, each is worked on alone and ended in the queue as soon as it is done, in any order: what
 * is harmless gets out, and the one that kills goes to the dead-letter queue by itself.
 */
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { environment } from "./environment.ts";
import { errorFields, log } from "./log.ts";
import { settleBatch } from "./settle-batch.ts";

const trusted = 2;

export async function settleWarily(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
  finish: (record: SQSRecord) => Promise<void> = finishNow,
): Promise<SQSBatchResponse> {
  const suspect = ({ attributes }: SQSRecord): boolean =>
    Number(attributes.ApproximateReceiveCount) > trusted;
  if (records.length < 2 || !records.some(suspect)) return settleBatch(records, work);
  const failures: SQSBatchResponse["batchItemFailures"] = [];
  for (const record of [
    ...shuffled(records.filter((one) => !suspect(one))),
    ...shuffled(records.filter(suspect)),
  ]) {
    const { batchItemFailures } = await settleBatch([record], work);
    failures.push(...batchItemFailures);
    if (batchItemFailures.length === 0)
      // Only early: it is also ended when the batch is answered.
      await finish(record).catch((cause: unknown) =>
        log("warn", "message ends late", { messageId: record.messageId, ...errorFields(cause) }),
      );
  }
  return { batchItemFailures: failures };
}

/** Another order at each delivery: nobody stands behind the one that kills every time. */
const shuffled = (records: readonly SQSRecord[]): readonly SQSRecord[] =>
  records
    .map((record) => ({ record, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record);

async function finishNow({ receiptHandle, eventSourceARN: queueArn }: SQSRecord): Promise<void> {
  const { finishMessage } = await import("../shared/aws/sqs-finish.ts");
  await finishMessage({ receiptHandle, queueArn }, environment("settings").urlSuffix);
}
