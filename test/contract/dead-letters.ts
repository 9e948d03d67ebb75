import { beforeAll, describe, expect, it } from "@jest/globals";
import type { DeadLetters } from "../../shared/ports.ts";

export interface DeadLettersUnderTest {
  readonly letters: DeadLetters;
  /** Puts messages into the dead-letter queue of `derive`. */
  die(bodies: readonly unknown[]): Promise<void>;
  /** Takes at least `count` messages from `derive`, in any order. */
  receive(count: number): Promise<readonly unknown[]>;
}

/** What every DeadLetters must do; the queues begin empty. */
export function describeDeadLettersContract(
  name: string,
  make: () => DeadLettersUnderTest | Promise<DeadLettersUnderTest>,
): void {
  describe(`dead letters: ${name}`, () => {
    let under: DeadLettersUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    const bodies = Array.from({ length: 23 }, (_, number) => ({ number, text: "王小明" }));
    const numbers = (messages: readonly unknown[]): readonly number[] =>
      messages.map((message) => (message as { number: number }).number).sort((a, b) => a - b);

    it("are counted, sent back as they were, and dead no more", async () => {
      expect(await under.letters.count("derive")).toEqual({ waiting: 0, dead: 0 });
      await under.die(bodies);
      expect(await under.letters.count("derive")).toEqual({ waiting: 0, dead: 23 });
      const first = await under.letters.sendBack("derive", 5);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThan(23);
      expect(await under.letters.sendBack("derive", 100)).toBe(23 - first);
      expect(await under.letters.count("derive")).toEqual({ waiting: 23, dead: 0 });
      expect(await under.letters.sendBack("derive", 100)).toBe(0);
      expect(numbers(await under.receive(23))).toEqual(bodies.map(({ number }) => number));
    });
  });
}
