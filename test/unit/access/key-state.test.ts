import { describe, expect, it } from "@jest/globals";
import { keyState, keyStateSeconds } from "../../../shared/access/key-state.ts";
import { KeyUnavailable, Transient } from "../../../shared/errors.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryKeys } from "../../support/memory/keys.ts";

async function hospital() {
  const [keys, clock] = [memoryKeys(), fixedClock()];
  const keyArn = await keys.createGroupKey("county-a");
  let asked = 0;
  const states = {
    enabled: (arn: string) => {
      asked += 1;
      return keys.enabled(arn);
    },
  };
  return { keys, clock, keyArn, state: keyState(states, clock), asked: () => asked };
}

describe("a hospital that disables its key", () => {
  it("is heard within ten seconds", async () => {
    const { keys, clock, keyArn, state } = await hospital();
    await state.requireEnabled(keyArn);
    keys.disable(keyArn);
    clock.advance(keyStateSeconds * 1000);
    await expect(state.requireEnabled(keyArn)).rejects.toThrow(KeyUnavailable);
    expect(keyStateSeconds).toBeLessThanOrEqual(10);
  });

  it("is served again within ten seconds of enabling it", async () => {
    const { keys, clock, keyArn, state } = await hospital();
    keys.disable(keyArn);
    await expect(state.requireEnabled(keyArn)).rejects.toThrow(KeyUnavailable);
    keys.enable(keyArn);
    clock.advance(10_000);
    await state.requireEnabled(keyArn);
  });

  it("closes nobody else's images", async () => {
    const { keys, keyArn, state } = await hospital();
    keys.disable(keyArn);
    await state.requireEnabled(await keys.createGroupKey("county-b"));
    await expect(state.requireEnabled("arn:test:kms:memory-1:0:key/unknown")).rejects.toThrow(KeyUnavailable);
  });
});

describe("a viewer that asks for a thousand images", () => {
  it("has KMS asked once", async () => {
    const { keyArn, state, asked } = await hospital();
    await Promise.all(Array.from({ length: 1000 }, () => state.requireEnabled(keyArn)));
    expect(asked()).toBe(1);
  });

  it("is told to try again while KMS cannot say, and served at once when it can", async () => {
    const clock = fixedClock();
    const answers = [Promise.reject(new Transient("throttled")), Promise.resolve(true)];
    const state = keyState({ enabled: () => answers.shift() as Promise<boolean> }, clock);
    await expect(state.requireEnabled("key")).rejects.toThrow(Transient);
    await state.requireEnabled("key");
  });
});
