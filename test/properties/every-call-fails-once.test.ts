import { describe, expect, it } from "@jest/globals";
import { clinic } from "../support/clinic.ts";
import type { Fate, FateOf } from "../support/faults/fates.ts";
import { bytesOf, type FileSpec } from "../support/faults/files.ts";
import { expectSound } from "../support/faults/invariants.ts";
import { memoryGround } from "../support/faults/memory-ground.ts";
import { expectSettled } from "../support/faults/settled.ts";
import { World } from "../support/faults/world.ts";

const image = (series: number, instance: number, variant: FileSpec["variant"] = "as scanned"): FileSpec => ({
  series,
  instance,
  variant,
  broken: false,
});
/** An image, its duplicate, its conflict, one of another series, and no image. */
const sent: readonly FileSpec[] = [
  image(1, 1),
  image(1, 1),
  image(1, 1, "edited"),
  image(2, 1),
  { ...image(1, 2), broken: "no image" },
];

/** The whole way of an upload, each step once, as it goes when nothing fails. */
async function walk(world: World, fateOf: FateOf): Promise<void> {
  const files = sent.map(bytesOf);
  const uploadId = await world.send({ files, encounterClass: "inpatient", priority: "routine" }, fateOf);
  for (const event of [...world.events]) await world.deliver(event, fateOf);
  await world.complete(uploadId, fateOf);
  for (let i = 0; i < 3; i++) {
    await world.follow(100, fateOf);
    for (const message of [...world.messages]) await world.derive(message, fateOf);
  }
  await world.fallQuiet(fateOf);
}

async function newWorld(): Promise<World> {
  return new World(memoryGround(await clinic()));
}

/** How many calls the way takes when nothing fails. */
async function callsOf(changesOnly: boolean): Promise<number> {
  let calls = 0;
  await walk(await newWorld(), ({ changes }) => {
    if (changes || !changesOnly) calls++;
    return "done";
  });
  return calls;
}

/** Walks with one call, the `n`-th, meeting `fate`; a worker that dies takes its own ports along and no others. */
async function walkWithOneFault(fate: Fate, n: number, changesOnly: boolean): Promise<void> {
  const world = await newWorld();
  let calls = 0;
  await walk(world, ({ changes }) => ((changes || !changesOnly) && ++calls === n ? fate : "done"));
  await expectSound(world.ground);
  await world.settle();
  await expectSettled(world, sent);
}

describe("from announcement to thumbnail, one call in the whole way fails", () => {
  it.each(["answer-lost", "dies-after"] as const)(
    "each change in turn: %s",
    async (fate) => {
      const changes = await callsOf(true);
      expect(changes).toBeGreaterThan(40);
      for (let n = 1; n <= changes; n++)
        await walkWithOneFault(fate, n, true).catch((cause: unknown) => {
          throw new Error(`change ${n} of ${changes}: ${String(cause)}`, { cause });
        });
    },
    120_000,
  );

  it.each(["refused", "dies-before"] as const)(
    "each call in turn, reads too: %s",
    async (fate) => {
      const calls = await callsOf(false);
      expect(calls).toBeGreaterThan(100);
      for (let n = 1; n <= calls; n++)
        await walkWithOneFault(fate, n, false).catch((cause: unknown) => {
          throw new Error(`call ${n} of ${calls}: ${String(cause)}`, { cause });
        });
    },
    120_000,
  );
});
