import type { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "@jest/globals";
import { inRequests } from "../../../shared/aws/batches.ts";
import { eventBridgeBus } from "../../../shared/aws/event-bus.ts";
import { sqsQueue } from "../../../shared/aws/sqs-queue.ts";
import { Transient } from "../../../shared/errors.ts";

const retries = { attempts: 3, sleep: async () => undefined };

describe("messages in requests", () => {
  it("puts at most ten and at most 256 KB into one, in order", () => {
    const sizes = [...Array.from({ length: 12 }, () => 1), 200_000, 70_000, 100_000];
    const requests = inRequests(sizes, (size) => size);
    expect(requests.map(({ length }) => length)).toEqual([10, 3, 2]);
    expect(requests.flat()).toEqual(sizes);
    expect(inRequests([], () => 1)).toEqual([]);
    expect(() => inRequests([300_000], (size) => size)).toThrow("256 KB");
  });

  it("sends again only the messages a queue did not take", async () => {
    const sent: (readonly (string | undefined)[])[] = [];
    const client = {
      async send({ input }: SendMessageBatchCommand) {
        sent.push((input.Entries ?? []).map(({ MessageBody }) => MessageBody));
        return sent.length === 1
          ? { Failed: [{ Id: "1", SenderFault: false, Code: "ServiceUnavailable" }] }
          : {};
      },
    } as unknown as SQSClient;
    await sqsQueue({ queues: { derive: "url" }, client, retries }).send("derive", [1, 2, 3]);
    expect(sent).toEqual([["1", "2", "3"], ["2"]]);
  });

  it("publishes again only the events a bus did not take, and says when it gives up", async () => {
    const published: (readonly (string | undefined)[])[] = [];
    const client = {
      async send({ input }: PutEventsCommand) {
        published.push((input.Entries ?? []).map(({ DetailType }) => DetailType));
        return {
          Entries: (input.Entries ?? []).map(({ DetailType }) =>
            DetailType === "Stuck" ? { ErrorCode: "InternalFailure" } : { EventId: "1" },
          ),
        };
      },
    } as unknown as EventBridgeClient;
    const bus = eventBridgeBus({ busName: "bus", source: "us", client, retries });
    const events = ["Fine", "Stuck"].map((type) => ({ type, detail: {} }));
    await expect(bus.publish(events)).rejects.toThrow(Transient);
    expect(published).toEqual([["Fine", "Stuck"], ["Stuck"], ["Stuck"]]);
  });
});
