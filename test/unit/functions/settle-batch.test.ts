import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { settleBatch } from "../../../functions/settle-batch.ts";
import { comeBackSoon, pauseBefore } from "../../../shared/aws/sqs-redelivery.ts";

const record = (messageId: string): SQSRecord =>
  ({
    messageId,
    receiptHandle: `handle of ${messageId}`,
    eventSourceARN: "arn:test:sqs:memory-1:000000000000:mic-dev-ingest-stat",
    attributes: { ApproximateReceiveCount: "2" },
  }) as SQSRecord;

describe("an emergency's message that failed", () => {
  it("is asked for again at once, and not when the slowest of its batch is done", async () => {
    const slow = Promise.withResolvers<void>();
    const cameBack: string[] = [];
    const batch = settleBatch(
      [record("fails"), record("slow"), record("done")],
      async ({ messageId }) => {
        if (messageId === "fails") throw new Error("throttled");
        if (messageId === "slow") await slow.promise;
      },
      async ({ messageId }) => void cameBack.push(messageId),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(cameBack).toEqual(["fails"]);
    slow.resolve();
    expect(await batch).toEqual({ batchItemFailures: [{ itemIdentifier: "fails" }] });
  });

  it("comes back with its queue's visibility timeout where SQS does not answer", async () => {
    const answer = await settleBatch(
      [record("fails")],
      () => Promise.reject(new Error("throttled")),
      () => Promise.reject(new Error("SQS does not answer")),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "fails" }] });
  });

  it("is hidden in its own queue for seconds, by its receipt", async () => {
    const sent: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number }[] = [];
    const client = {
      send: async ({ input }: { input: (typeof sent)[number] }) => void sent.push(input),
    } as unknown as SQSClient;
    const { receiptHandle, eventSourceARN: queueArn } = record("fails");
    await comeBackSoon({ receiptHandle, queueArn, deliveries: 1 }, "amazonaws.com.cn", client);
    const [{ QueueUrl, ReceiptHandle, VisibilityTimeout } = { VisibilityTimeout: 0 }] = sent;
    expect(QueueUrl).toBe("https://sqs.memory-1.amazonaws.com.cn/000000000000/mic-dev-ingest-stat");
    expect(ReceiptHandle).toBe("handle of fails");
    expect(VisibilityTimeout).toBeLessThanOrEqual(4);
  });

  it("waits 2 to 4 seconds the first time, twice as long each time, and never more than 15 minutes", () => {
    expect([pauseBefore(1, 0), pauseBefore(1, 1)]).toEqual([2, 4]);
    expect([1, 2, 3, 4, 8, 9, 12].map((deliveries) => pauseBefore(deliveries, 1))).toEqual([
      4, 8, 16, 32, 512, 900, 900,
    ]);
  });
});
