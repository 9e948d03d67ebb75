import { describe, expect, it } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { settleWarily } from "../../../functions/settle-warily.ts";
import { finishMessage } from "../../../shared/aws/sqs-finish.ts";

const record = (messageId: string, deliveries: number): SQSRecord =>
  ({
    messageId,
    receiptHandle: `handle of ${messageId}`,
    eventSourceARN: "arn:test:sqs:memory-1:000000000000:mic-dev-derive",
    attributes: { ApproximateReceiveCount: String(deliveries) },
  }) as SQSRecord;

/** What is worked on at the same time at most, and what was ended early. */
async function settled(records: readonly SQSRecord[]) {
  let [now, most] = [0, 0];
  const ended: string[] = [];
  const worked: string[] = [];
  const answer = await settleWarily(
    records,
    async ({ messageId }) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      worked.push(messageId);
      now--;
    },
    async ({ messageId }) => void ended.push(messageId),
  );
  return { answer, most, ended, worked };
}

describe("images that wait to be derived beside one that ends the process", () => {
  it("are worked on side by side at first", async () => {
    const { most, ended } = await settled([record("a", 1), record("b", 2), record("c", 1)]);
    expect([most, ended]).toEqual([3, []]);
  });

  it("are worked on alone once the batch failed twice, and do not come back with the next one that fails", async () => {
    const { answer, most, ended } = await settled([record("a", 3), record("b", 3), record("c", 3)]);
    expect(most).toBe(1);
    expect(ended.toSorted()).toEqual(["a", "b", "c"]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it("are done before one that is under suspicion is touched", async () => {
    const { worked } = await settled([record("bad", 3), record("new", 1), record("newer", 1)]);
    expect(worked.at(-1)).toBe("bad");
  });

  it("are ended in their own queue by their receipt", async () => {
    const sent: unknown[] = [];
    const client = { send: async ({ input }: { input: unknown }) => void sent.push(input) };
    const { receiptHandle, eventSourceARN: queueArn } = record("a", 3);
    await finishMessage({ receiptHandle, queueArn }, "amazonaws.com.cn", client as never);
    expect(sent).toEqual([
      {
        QueueUrl: "https://sqs.memory-1.amazonaws.com.cn/000000000000/mic-dev-derive",
        ReceiptHandle: "handle of a",
      },
    ]);
  });
});
