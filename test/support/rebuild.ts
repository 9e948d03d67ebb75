/** A catalog lost, and made again as `mic rebuild --catalog` and the workers do it. */
import { requestRebuild } from "../../shared/derive/request-rebuild.ts";
import { Transient } from "../../shared/errors.ts";
import type { Item } from "../../shared/ports.ts";
import type { RebuildMessage } from "../../shared/rebuild/rebuild-message.ts";
import { rebuildStudy } from "../../shared/rebuild/rebuild-study.ts";
import { restoreAside } from "../../shared/rebuild/restore-aside.ts";
import { testGrant } from "./grant.ts";
import { user } from "./principals.ts";
import type { WorkingHospital } from "./working-hospital.ts";

export const admin = (here: WorkingHospital, action: string, studyUid?: string) =>
  testGrant({
    principal: user("hospital-admin", here.hospital.hospital),
    action,
    ...(studyUid !== undefined && { study: { ...here.hospital, studyUid } }),
    ...{ table: here.table, objects: here.objects, clock: here.clock },
  });

export async function lose(here: WorkingHospital, which: (item: Item) => boolean): Promise<void> {
  for (const { pk, sk } of here.table.items().filter(which))
    await here.table.write([{ op: "delete", key: { pk, sk } }]);
}
/** The hospitals themselves are onboarded again: their keys are known by their groups. */
export const loseTable = (here: WorkingHospital) => lose(here, ({ type }) => type !== "hospital");

/** As `mic rebuild --catalog` and the workers do it; messages in any order, as SQS brings them, and again if they must. */
export async function rebuild(here: WorkingHospital, studyUid?: string): Promise<number> {
  let [queued, cursor] = [0, undefined as string | undefined];
  do {
    const request = { catalog: true, ...(studyUid !== undefined && { studyUid }), ...(cursor && { cursor }) };
    const page = await requestRebuild(admin(here, "rebuild"), here.queue, request);
    [queued, cursor] = [queued + page.queued, page.next];
  } while (cursor !== undefined);
  const waiting = (here.queue.drain("rebuild") as RebuildMessage[]).reverse();
  const back: RebuildMessage[] = [];
  for (const message of waiting)
    await work(here, message).catch((error) => {
      if (!(error instanceof Transient)) throw error;
      back.push(message);
    });
  for (const message of back) await work(here, message);
  await here.settle();
  return queued;
}

export async function work(here: WorkingHospital, message: RebuildMessage) {
  const { objects, clock, keyService: keys } = here;
  const deps = { table: here.stream.table, objects, keys, clock, requestId: "request-2" };
  if (message.kind === "originals") return rebuildStudy(deps, message);
  for (const key of message.keys) await restoreAside(deps, key);
  return undefined;
}

/** What depends on when and by whom it was written, and on nothing in the archive. */
const passing = new Set([
  ...["restoredAt", "derivedAt", "lastIndexedAt", "touch", "owner", "leaseUntil"],
  ...[
    "completedAt",
    "completedBecause",
    "completedInstances",
    "examinedInstances",
    "examineAskedAt",
    "quality",
  ],
  // Of images archived in the same moment, any may have been the first.
  "describedBy",
]);
const lasting = (item: Item) =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => !passing.has(name))
      .map(([name, value]) => (name === "legalHold" ? [name, true] : [name, value])),
  );
/** Types that are made from the archive; docs/data-layout.md says of the others why they are not. */
export const fromArchive = new Set(["study", "series", "instance", "counter", "claim", "conflict", "find"]);
export const kept = (here: WorkingHospital) =>
  here.table
    .items()
    .filter(({ type }) => fromArchive.has(type as string))
    .map(lasting);
