import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { clinic } from "../support/clinic.ts";
import { memoryGround } from "../support/faults/memory-ground.ts";
import { expectNoViolations, operations } from "../support/faults/operators.ts";
import { runModel, sequences } from "../support/faults/run-model.ts";
import { World } from "../support/faults/world.ts";

/** The seed is printed with a failing sequence; `MIC_SEED` runs it again, `MIC_RUNS` runs more of them. */
const seed = process.env.MIC_SEED === undefined ? {} : { seed: Number(process.env.MIC_SEED) };
const numRuns = Number(process.env.MIC_RUNS ?? 200);

describe("uploads, landing events, the stream, derive, people's decisions, rebuilds and months, in any order, twice, late, side by side, to workers that fail", () => {
  it("balance at every moment, and end with every byte kept once, counted, derived and told", async () => {
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(sequences(25, operations), async (sequence) => {
        const world = new World(memoryGround(await clinic()));
        await runModel(world, sequence);
        await expectNoViolations(world);
        decided += world.decisions;
      }),
      { numRuns, ...seed },
    );
    expect(decided).toBeGreaterThan(numRuns / 4);
  }, 300_000);
});
