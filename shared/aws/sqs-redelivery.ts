/** When a message that failed comes back: soon, and later each time, instead of after the queue's whole visibility timeout. */
import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { longestPauseSeconds } from "../work-limits.ts";
import { sqsClient } from "./sqs-queue.ts";

export interface Failed {
  readonly receiptHandle: string;
  /** ARN of the queue it came from. */
  readonly queueArn: string;
  /** Deliveries so far, this one included. */
  readonly deliveries: number;
}

/**
 * Seconds until the next delivery: 2 × 2^deliveries, at most 15 minutes, of which up to half is left to chance so that
 * what failed together does not come back together. `random`: 0 to 1.
 */
export function pauseBefore(deliveries: number, random: number = Math.random()): number {
  const ceiling = Math.min(longestPauseSeconds, 2 * 2 ** deliveries);
  return Math.ceil(ceiling * (0.5 + random / 2));
}

/** `urlSuffix`: the partition's DNS suffix. Throws what SQS answers: the message then comes back when its queue says. */
export async function comeBackSoon(
  { receiptHandle, queueArn, deliveries }: Failed,
  urlSuffix: string,
  client: SQSClient = sqsClient(),
): Promise<void> {
  const [, , , region, account, name] = queueArn.split(":");
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: `https://sqs.${region}.${urlSuffix}/${account}/${name}`,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: pauseBefore(deliveries),
    }),
  );
}
