/**
 * Dead letters on SQS. By receiving and sending, since `StartMessageMoveTask` is not offered in every region. The
 * dead-letter queue of `x` is `x-dead`.
 */
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { Transient } from "../errors.ts";
import type { DeadLetters, RedrivenQueue } from "../ports.ts";
import { withRetries } from "./retries.ts";
import { faultOf } from "./service-fault.ts";
import { sqsClient } from "./sqs-queue.ts";

export interface SqsDeadLettersOptions {
  /** URLs of the queues that work comes from. */
  readonly queues: Partial<Record<RedrivenQueue, string>>;
  readonly client?: SQSClient;
}

/** What was received and not sent back is seen again after this. */
const hiddenSeconds = 60;
/** An empty answer of SQS does not mean an empty queue: not every server was asked. */
const emptyAnswers = 3;
const perRequest = 10;

export function sqsDeadLetters({ queues, client = sqsClient() }: SqsDeadLettersOptions): DeadLetters {
  const urlOf = (queue: RedrivenQueue): string => {
    const url = queues[queue];
    if (url === undefined) throw new Error(`This function was given no ${queue} queue`);
    return url;
  };
  const ask = <T>(operation: string, call: () => Promise<T>): Promise<T> =>
    withRetries(() =>
      call().catch((error: unknown) => {
        throw faultOf(operation, error);
      }),
    );

  async function depthOf(QueueUrl: string): Promise<number> {
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
    const { Attributes = {} } = await ask("GetQueueAttributes", () => client.send(command));
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  async function receive(QueueUrl: string): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: perRequest,
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: 1,
    });
    return (await ask("ReceiveMessage", () => client.send(command))).Messages ?? [];
  }

  /** Deletes only what was sent: what fails in between is there twice, never not at all. */
  async function move(from: string, to: string, messages: readonly Message[]): Promise<number> {
    const Entries = messages.map(({ Body = "" }, index) => ({ Id: String(index), MessageBody: Body }));
    const send = new SendMessageBatchCommand({ QueueUrl: to, Entries });
    const { Successful = [] } = await ask("SendMessageBatch", () => client.send(send));
    const sent = Successful.map(({ Id }) => ({
      Id: Id ?? "",
      ReceiptHandle: messages[Number(Id)]?.ReceiptHandle ?? "",
    }));
    if (sent.length > 0) {
      const remove = new DeleteMessageBatchCommand({ QueueUrl: from, Entries: sent });
      const { Failed = [] } = await ask("DeleteMessageBatch", () => client.send(remove));
      if (Failed.length > 0)
        throw new Transient("Some dead letters were sent back and stay dead letters too");
    }
    if (sent.length < messages.length) throw new Transient("Some dead letters could not be sent back");
    return sent.length;
  }

  return {
    async count(queue) {
      const url = urlOf(queue);
      const [waiting, dead] = await Promise.all([depthOf(url), depthOf(deadOf(url))]);
      return { waiting, dead };
    },
    async sendBack(queue, limit) {
      const url = urlOf(queue);
      let moved = 0;
      for (let empty = 0; moved < limit && empty < emptyAnswers; ) {
        const messages = await receive(deadOf(url));
        if (messages.length === 0) empty++;
        else moved += await move(deadOf(url), url, messages);
      }
      return moved;
    },
  };
}

const deadOf = (url: string): string => `${url}-dead`;
