import { describe, it } from "@jest/globals";
import fc from "fast-check";
import { clinic } from "../support/clinic.ts";
import { happenings, type Model, type Real } from "../support/faults/commands.ts";
import { decisions } from "../support/faults/desk-commands.ts";
import { memoryGround } from "../support/faults/memory-ground.ts";
import { expectSettled } from "../support/faults/settled.ts";
import { World } from "../support/faults/world.ts";

/** One is printed with a failing sequence; `MIC_SEED` runs it again, `MIC_RUNS` runs more of them. */
const seed = process.env.MIC_SEED === undefined ? {} : { seed: Number(process.env.MIC_SEED) };
const numRuns = Number(process.env.MIC_RUNS ?? 150);

describe("uploads, landing events, the stream, derive, people's decisions and the clock, in any order, twice, late, side by side, to workers that fail", () => {
  it("balance at every moment, and end with every byte kept once, counted, derived and told", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands([...happenings, ...decisions], { size: "max", maxCommands: 25 }),
        fc.scheduler(),
        async (sequence, scheduler) => {
          const world = new World(memoryGround(await clinic()));
          const model: Model = { sent: [], uploads: 0 };
          const real: Real = {
            world,
            pause: () => scheduler.schedule(Promise.resolve()),
            together: async (work) => void (await scheduler.waitFor(Promise.all(work))),
          };
          await fc.asyncModelRun(() => ({ model, real }), sequence);
          await world.settle();
          await expectSettled(world, model.sent);
        },
      ),
      { numRuns, ...seed },
    );
  }, 300_000);
});
