import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EventBus, Queue } from "../../shared/ports.ts";

export interface QueueUnderTest {
  readonly queue: Queue;
  /** Takes at least `count` messages that arrived, in any order. */
  receive(count: number): Promise<readonly unknown[]>;
}

/** What every Queue must do. */
export function describeQueueContract(
  name: string,
  make: () => QueueUnderTest | Promise<QueueUnderTest>,
): void {
  describe(`a queue: ${name}`, () => {
    let under: QueueUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    const numbered = (messages: readonly unknown[]): readonly number[] =>
      messages.map((message) => (message as { number: number }).number).sort((a, b) => a - b);

    it("delivers any number of messages as they were sent", async () => {
      const bodies = Array.from({ length: 23 }, (_, number) => ({ number, name: "王小明", nested: [null] }));
      await under.queue.send("derive", bodies);
      await under.queue.send("derive", []);
      const received = await under.receive(23);
      expect(numbered(received)).toEqual(bodies.map(({ number }) => number));
      expect(received).toContainEqual(bodies[7]);
    });

    it("delivers large messages, and refuses one over 256 KB", async () => {
      const large = Array.from({ length: 3 }, (_, number) => ({ number, text: "x".repeat(200_000) }));
      await under.queue.send("derive", large);
      expect(numbered(await under.receive(3))).toEqual([0, 1, 2]);
      await expect(under.queue.send("derive", [{ text: "x".repeat(256 * 1024) }])).rejects.toThrow();
      await expect(under.queue.send("derive", [undefined])).rejects.toThrow();
    });
  });
}

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** Takes at least `count` events that a subscriber got, in any order. */
  receive(count: number): Promise<readonly { readonly type: string; readonly detail: unknown }[]>;
}

/** What every EventBus must do. */
export function describeEventBusContract(
  name: string,
  make: () => EventBusUnderTest | Promise<EventBusUnderTest>,
): void {
  describe(`an event bus: ${name}`, () => {
    it("brings every event to a subscriber", async () => {
      const { bus, receive } = await make();
      const events = Array.from({ length: 12 }, (_, number) => ({
        type: number % 2 ? "ReportSigned" : "StudyIndexed",
        detail: { version: 1, number },
      }));
      await bus.publish(events);
      await bus.publish([]);
      const received = await receive(12);
      expect(received).toHaveLength(12);
      for (const event of events) expect(received).toContainEqual(event);
      await expect(bus.publish([{ type: "StudyIndexed", detail: "text" }])).rejects.toThrow();
    });
  });
}
