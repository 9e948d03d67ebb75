/** A batch of queue messages, worked on side by side: those that failed come back, the others do not. */
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { errorFields, log } from "./log.ts";

export async function settleBatch(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const settled = await Promise.allSettled(records.map((record) => work(record)));
  const batchItemFailures = settled.flatMap((result, index) => {
    const record = records[index];
    if (result.status === "fulfilled" || !record) return [];
    const { messageId, attributes } = record;
    const deliveries = attributes.ApproximateReceiveCount;
    log("warn", "message comes back", { messageId, deliveries, ...errorFields(result.reason) });
    return [{ itemIdentifier: messageId }];
  });
  return { batchItemFailures };
}
