import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Queue, QueueName } from "../ports.ts";
import { inRequests } from "./batches.ts";
import { localEndpoint } from "./cloud.ts";
import { briefly } from "./patience.ts";
import { type RetryOptions, withRetries } from "./retries.ts";
import { faultOf, ServiceFault } from "./service-fault.ts";

export interface SqsQueueOptions {
  /** URLs of the queues this function may send to. */
  readonly queues: Partial<Record<QueueName, string>>;
  readonly client?: SQSClient;
  readonly retries?: RetryOptions;
}

/** Queues on SQS. A message may arrive twice, as always with SQS. */
export function sqsQueue({ queues, client = sqsClient(), retries }: SqsQueueOptions): Queue {
  return {
    async send(queue, bodies) {
      const url = queues[queue];
      if (url === undefined) throw new Error(`This function was given no ${queue} queue`);
      const texts = bodies.map((body) => {
        const text = JSON.stringify(body);
        if (text === undefined) throw new Error("A message must be JSON");
        return text;
      });
      for (const request of inRequests(texts, (text) => Buffer.byteLength(text))) {
        await sendAll(client, url, request, retries);
      }
    },
  };
}

/** A local cloud's queue URLs name a host that may not resolve; the endpoint does. */
export function sqsClient(): SQSClient {
  return new SQSClient({
    maxAttempts: 1,
    useQueueUrlAsEndpoint: localEndpoint() === undefined,
    requestHandler: briefly,
  });
}

/** Sends again what a partly failed request left behind. */
async function sendAll(
  client: SQSClient,
  url: string,
  texts: readonly string[],
  retries: RetryOptions | undefined,
): Promise<void> {
  let left = texts.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const attempt = async (): Promise<void> => {
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: left });
    const { Failed = [] } = await client.send(command).catch((error: unknown) => {
      throw faultOf("SendMessageBatch", error);
    });
    const refused = Failed.find(({ SenderFault }) => SenderFault);
    if (refused) throw new ServiceFault("SendMessageBatch", { code: refused.Code ?? "Unknown", status: 400 });
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    if (left.length > 0) throw new ServiceFault("SendMessageBatch", { code: "Throttling", status: 200 });
  };
  await withRetries(attempt, undefined, retries);
}
