import type { Queue, QueueName } from "../../../shared/ports.ts";

const largestMessage = 256 * 1024;

export interface MemoryQueue extends Queue {
  /** Bodies in the order sent, as a receiver would parse them; without a name those of both derive queues, emergencies first. */
  sent(queue?: QueueName): readonly unknown[];
  /** Takes what was sent, so that a test can hand it to the consumer. */
  drain(queue?: QueueName): readonly unknown[];
  /** Runs before each send; what it throws, the call throws and nothing is sent. */
  before(hook: (() => void | Promise<void>) | undefined): void;
}

export function memoryQueue(): MemoryQueue {
  const queues: Record<QueueName, unknown[]> = {
    "ingest-stat": [],
    ingest: [],
    "derive-stat": [],
    derive: [],
    rebuild: [],
    "stream-failures": [],
  };
  const work = ["derive-stat", "derive"] as const;
  let hook: (() => void | Promise<void>) | undefined;
  return {
    async send(queue, bodies) {
      await hook?.();
      const messages = bodies.map((body) => {
        const text = JSON.stringify(body);
        if (text === undefined) throw new Error("A message must be JSON");
        if (Buffer.byteLength(text) > largestMessage) throw new Error("A message is larger than 256 KB");
        return JSON.parse(text) as unknown;
      });
      queues[queue].push(...messages);
    },
    sent: (queue) => (queue ? [queue] : work).flatMap((name) => queues[name]),
    drain: (queue) => (queue ? [queue] : work).flatMap((name) => queues[name].splice(0)),
    before(next) {
      hook = next;
    },
  };
}
