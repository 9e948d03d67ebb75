/** One sequence of happenings on a world, and what must hold when it is over. */
import fc from "fast-check";
import { type Happening, happenings, type Model, type Real } from "./commands.ts";
import { decisions } from "./desk-commands.ts";
import { bytesOf, type FileSpec } from "./files.ts";
import { expectSettled } from "./settled.ts";
import type { World } from "./world.ts";

const file = (variant: FileSpec["variant"], broken: FileSpec["broken"] = false): FileSpec => ({
  series: 1,
  instance: 1,
  variant,
  broken,
});
/** An image, another one under its UID, one that lacks its study's UID, and none: all that people decide about. */
const waiting: readonly FileSpec[] = [
  file("as scanned"),
  file("edited"),
  { ...file("edited", "no study"), instance: 2 },
  file("as scanned", "no image"),
];

/**
 * `prepared`: begins where people have something to decide; else with nothing at all. `more`: happenings that not every ground
 * can show, since an emulator's objects do not grow old.
 */
export const sequences = (maxCommands: number, more: readonly fc.Arbitrary<Happening>[] = []) =>
  fc.tuple(
    fc.boolean(),
    fc.commands([...happenings, ...decisions, ...more], { size: "max", maxCommands }),
    fc.scheduler(),
  );
type Sequence = ReturnType<typeof sequences> extends fc.Arbitrary<infer T> ? T : never;

/** `calm`: settles and looks where nothing fails. */
export async function runModel(
  world: World,
  [prepared, commands, scheduler]: Sequence,
  calm: (work: () => Promise<void>) => Promise<void> = (work) => work(),
): Promise<void> {
  const model: Model = { sent: [], uploads: 0 };
  if (prepared) await calm(() => prepare(world, model));
  const real: Real = {
    world,
    pause: () => scheduler.schedule(Promise.resolve()),
    together: async (work) => void (await scheduler.waitFor(Promise.all(work))),
  };
  await fc.asyncModelRun(() => ({ model, real }), commands);
  await calm(async () => {
    await world.settle();
    await expectSettled(world, model.sent);
  });
}

async function prepare(world: World, model: Model): Promise<void> {
  const files = waiting.map(bytesOf);
  await world.send({ files, encounterClass: "outpatient", priority: "routine" });
  for (const event of [...world.events]) await world.deliver(event);
  await world.follow(100);
  model.sent.push(...waiting);
  model.uploads++;
}
