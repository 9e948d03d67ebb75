import { type DeadLetters, type RedrivenQueue, redrivenQueues } from "../../../shared/ports.ts";

export interface MemoryDeadLetters extends DeadLetters {
  /** What failed for good. */
  die(queue: RedrivenQueue, bodies: readonly unknown[]): void;
  /** What waits in the queue, taken out. */
  drain(queue: RedrivenQueue): readonly unknown[];
}

export function memoryDeadLetters(): MemoryDeadLetters {
  const queues = new Map(
    redrivenQueues.map((queue) => [queue, { waiting: [] as unknown[], dead: [] as unknown[] }]),
  );
  const of = (queue: RedrivenQueue) => queues.get(queue) as { waiting: unknown[]; dead: unknown[] };
  return {
    async count(queue) {
      const { waiting, dead } = of(queue);
      return { waiting: waiting.length, dead: dead.length };
    },
    async sendBack(queue, limit) {
      const { waiting, dead } = of(queue);
      // Tens at a time, as SQS gives them.
      const moved = dead.splice(0, Math.ceil(limit / 10) * 10);
      waiting.push(...moved);
      return moved.length;
    },
    die: (queue, bodies) => void of(queue).dead.push(...bodies),
    drain: (queue) => of(queue).waiting.splice(0),
  };
}
