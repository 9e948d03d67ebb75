import type { ObjectRef, ObjectStore, Table } from "../ports.ts";
import type { StudyItem } from "./items.ts";
import { keys, type StudyKey } from "./keys.ts";

const parallel = 16;

interface Stores {
  readonly table: Pick<Table, "get">;
  readonly objects: Pick<ObjectStore, "setLegalHold">;
}

/**
 * Puts the study's legal hold on these archived objects, or lifts it, and answers the study as last read. The study is read again after the
 * objects were changed, until it says the same: so whoever ends last, of those that hold, release, receive and sign at the
 * same time, leaves the objects as the study says. `known`: how the objects are, where that is known.
 */
export async function followLegalHold(
  { table, objects }: Stores,
  study: StudyKey,
  refs: readonly ObjectRef[],
  known?: boolean,
): Promise<StudyItem | undefined> {
  for (let applied = known; ; ) {
    const item = (await table.get(keys.study(study), { consistent: true })) as StudyItem | undefined;
    const held = item?.legalHold !== undefined;
    if (held === applied) return item;
    await setOnAll(objects, refs, held);
    applied = held;
  }
}

async function setOnAll(objects: Stores["objects"], refs: readonly ObjectRef[], on: boolean): Promise<void> {
  const waiting = refs.values();
  const worker = async () => {
    for (const ref of waiting) await objects.setLegalHold(ref, on);
  };
  // Not Promise.all: nothing may still be changed once this has failed.
  const ended = await Promise.allSettled(Array.from({ length: parallel }, worker));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}
