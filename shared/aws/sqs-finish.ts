import { DeleteMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { sqsClient } from "./sqs-queue.ts";

export interface Finished {
  readonly receiptHandle: string;
  /** ARN of the queue it came from. */
  readonly queueArn: string;
}

/** Ends one message now, not when its batch is answered. `urlSuffix`: the partition's DNS suffix. Throws what SQS answers. */
export async function finishMessage(
  { receiptHandle, queueArn }: Finished,
  urlSuffix: string,
  client: SQSClient = sqsClient(),
): Promise<void> {
  const [, , , region, account, name] = queueArn.split(":");
  await client.send(
    new DeleteMessageCommand({
      QueueUrl: `https://sqs.${region}.${urlSuffix}/${account}/${name}`,
      ReceiptHandle: receiptHandle,
    }),
  );
}
