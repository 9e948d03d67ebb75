/** What operators and time do to a hospital, as commands of the model: the catalog made again at any moment, and months that pass. */
import fc from "fast-check";
import { requestRebuild } from "../../../shared/derive/request-rebuild.ts";
import { quarantineDays } from "../../../shared/ingest/index-quarantined.ts";
import { stagedDays } from "../../../shared/ingest/settle.ts";
import type { BucketName, ObjectRef } from "../../../shared/ports.ts";
import type { RebuildMessage } from "../../../shared/rebuild/rebuild-message.ts";
import { rebuildStudy } from "../../../shared/rebuild/rebuild-study.ts";
import { restoreAside } from "../../../shared/rebuild/restore-aside.ts";
import { audited } from "../audited.ts";
import { testGrant } from "../grant.ts";
import { memoryKeys } from "../memory/keys.ts";
import { memoryQueue } from "../memory/queue.ts";
import { user } from "../principals.ts";
import { fateOf, type Happening, happening, shown, somethingSent, trouble } from "./commands.ts";
import type { FateOf } from "./fates.ts";
import type { Ground } from "./ground.ts";
import type { World } from "./world.ts";

const aDay = 24 * 3600 * 1000;

/** Messages whose worker failed come again to a healthy one, as the queue brings them. */
async function rebuild(world: World, fate: FateOf): Promise<void> {
  const { hospital, clock, table, objects } = world.ground;
  const queue = memoryQueue();
  const principal = user("hospital-admin", hospital.hospital);
  const grant = testGrant({ principal, action: "rebuild", table, objects, clock });
  let cursor: string | undefined;
  do {
    const page = await requestRebuild(grant, queue, { catalog: true, ...(cursor && { cursor }) });
    cursor = page.next;
  } while (cursor !== undefined);
  for (const message of queue.drain("rebuild") as RebuildMessage[]) {
    const work = (fateOfWorker?: FateOf) =>
      world.operate((ports) => restore(world, ports, message), fateOfWorker);
    if (!(await work(fate))) await work();
  }
}

async function restore(
  { ground: { clock } }: World,
  { table, objects }: Parameters<Parameters<World["operate"]>[0]>[0],
  message: RebuildMessage,
): Promise<void> {
  const deps = { table, objects, keys: memoryKeys(), clock, requestId: "rebuild" };
  if (message.kind === "originals") await rebuildStudy(deps, message);
  else for (const key of message.keys) await restoreAside(deps, key);
}

/** What the buckets' lifecycle rules expire (`infra/buckets.ts`), by now. */
export async function expire({
  objects,
  clock,
  hospital,
}: Pick<Ground, "objects" | "clock" | "hospital">): Promise<void> {
  const prefixes: readonly (readonly [BucketName, string])[] = [
    ["landing", "routine/"],
    ["landing", "stat/"],
    ["landing", "converted/"],
    ["quarantine", `quarantine/${hospital.region}/`],
    ["quarantine", `conflict/${hospital.region}/`],
    ["quarantine", `corrected/${hospital.region}/`],
  ];
  for (const [bucket, prefix] of prefixes) {
    const { keys } = await objects.list(bucket, prefix);
    for (const { key, lastModified } of keys) {
      const ref: ObjectRef = { bucket, key };
      const days = (clock.now().getTime() - lastModified.getTime()) / aDay;
      if (days > lifeOf(prefix, (await objects.tagsOf(ref))["mic-state"])) await objects.delete(ref);
    }
  }
}

/** Days. */
function lifeOf(prefix: string, state: string | undefined): number {
  if (state === "processed") return 1;
  if (prefix === "converted/") return stagedDays;
  return state === "waiting" ? quarantineDays : Number.POSITIVE_INFINITY;
}

/** At once, and once all that is done with has gone. */
export async function expectNoViolations(world: World): Promise<void> {
  for (const days of [0, 4, quarantineDays]) {
    world.ground.clock.advance(days * aDay);
    await expire(world.ground);
    const { violations } = await audited(world.ground);
    if (violations.length > 0)
      throw new Error(
        `The audit ${days} days later:\n${violations.map((one) => JSON.stringify(one)).join("\n")}`,
      );
  }
}

const rebuilds = trouble.map(
  (troubles): Happening =>
    happening(`rebuild${shown(troubles)}`, (_, { world }) => rebuild(world, fateOf(troubles)), somethingSent),
);

const months = fc.integer({ min: 1, max: 120 }).map(
  (days): Happening =>
    happening(
      `${days} days pass`,
      async (_, { world }) => {
        // The stream keeps its records for a day.
        while (world.backlog.length > 0) await world.follow(world.backlog.length);
        world.ground.clock.advance(days * aDay);
        await expire(world.ground);
      },
      somethingSent,
    ),
);

export const operations: readonly fc.Arbitrary<Happening>[] = [rebuilds, months];
