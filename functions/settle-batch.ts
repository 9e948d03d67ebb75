/**
 * A batch of queue messages, worked on side by side: those that failed come back, the others do not. A failure comes back
 * within seconds at first, whatever else its batch still does, since an emergency cannot wait for a visibility timeout.
 */
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { environment } from "./environment.ts";
import { errorFields, log } from "./log.ts";

/** Sees to it that one failed message is delivered again soon. */
export type ComeBack = (record: SQSRecord) => Promise<void>;

export async function settleBatch(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
  comeBack: ComeBack = soon,
): Promise<SQSBatchResponse> {
  const failures = await Promise.all(
    records.map(async (record) => {
      try {
        await work(record);
        return [];
      } catch (error) {
        const { messageId, attributes } = record;
        const deliveries = attributes.ApproximateReceiveCount;
        log("warn", "message comes back", { messageId, deliveries, ...errorFields(error) });
        await comeBack(record).catch((cause: unknown) =>
          log("warn", "message comes back late", { messageId, ...errorFields(cause) }),
        );
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** Loaded at the first failure: a batch that succeeds does not pay for it. */
async function soon({ receiptHandle, eventSourceARN, attributes }: SQSRecord): Promise<void> {
  const { comeBackSoon } = await import("../shared/aws/sqs-redelivery.ts");
  const deliveries = Number(attributes.ApproximateReceiveCount);
  const failed = { receiptHandle, queueArn: eventSourceARN, deliveries };
  await comeBackSoon(failed, environment("settings").urlSuffix);
}
