/** Brings instances to the character set their study was given: their metadata, their items and their series'. */
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import { describedInstance, describedSeries } from "../ingest/catalog-items.ts";
import { writeMetadata } from "../ingest/write-metadata.ts";
import type { ObjectRef, ObjectStore, Table } from "../ports.ts";
import { automatic, type Choice } from "./choice.ts";
import { readUnder } from "./read-under.ts";

export interface CharacterStores {
  readonly table: Pick<Table, "get" | "write">;
  readonly objects: Pick<ObjectStore, "read" | "stream" | "put">;
}

const parallel = 8;
/** Bytes. No header is longer than its file. */
const largeFile = 64 * 1024 * 1024;

export const revisionOf = (item: Pick<StudyItem, "textRevision"> | undefined): number =>
  item?.textRevision ?? 0;
export const choiceOf = (study: StudyItem | undefined): Choice => study?.characterSet?.choice ?? automatic;

/**
 * The study is read again after the instances were changed, until it says the same: so whoever ends last, of those that
 * choose and receive at the same time, leaves them as the study says. Answers the study as last read.
 */
export async function followChoice(
  stores: CharacterStores,
  key: StudyKey,
  originals: readonly Original[],
  known: StudyItem | undefined,
): Promise<StudyItem | undefined> {
  const read = async () =>
    (await stores.table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
  const done = new Map(originals.map(({ instance }) => [instance.sk, revisionOf(instance)]));
  for (let study = known ?? (await read()); ; ) {
    const revision = revisionOf(study);
    const behind = originals.filter(({ instance }) => done.get(instance.sk) !== revision);
    if (!study || behind.length === 0) return study;
    await decodeAll(stores, study, behind);
    for (const { instance } of behind) done.set(instance.sk, revision);
    study = await read();
  }
}

type Original = { readonly instance: InstanceItem; readonly ref: ObjectRef };

async function decodeAll(
  stores: CharacterStores,
  study: StudyItem,
  originals: readonly Original[],
): Promise<void> {
  const isLarge = ({ instance }: Original): boolean => instance.size > largeFile;
  await work(
    stores,
    study,
    originals.filter((one) => !isLarge(one)),
    parallel,
  );
  // Their headers may be many times larger as JSON: one at a time.
  await work(stores, study, originals.filter(isLarge), 1);
}

async function work(
  stores: CharacterStores,
  study: StudyItem,
  originals: readonly Original[],
  workers: number,
): Promise<void> {
  const waiting = originals.values();
  const worker = async () => {
    for (const { instance, ref } of waiting) await decodeAgain(stores, study, instance, ref);
  };
  // Not Promise.all: nothing may still be written once this has failed.
  const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

async function decodeAgain(
  { table, objects }: CharacterStores,
  study: StudyItem,
  instance: InstanceItem,
  ref: ObjectRef,
): Promise<void> {
  // What was made of a photograph or a report here is in the character set it declares.
  const choice = instance.source ? automatic : choiceOf(study);
  const header = await readUnder(objects, ref, instance.size, choice);
  const { sha256, keyArn } = instance;
  await writeMetadata({ objects }, instance, sha256, header, keyArn);
  const set = { ...describedInstance(header), textRevision: revisionOf(study) };
  const series = (await table.get(keys.series(instance))) as SeriesItem | undefined;
  const describes = series && (series.describedBy ?? instance.sopUid) === instance.sopUid;
  const described = { ...describedSeries(header), describedBy: instance.sopUid };
  await unlessReplaced(
    table.write([
      {
        op: "update",
        key: keys.instance(instance),
        set,
        when: [[{ attribute: "sha256", is: "=", value: sha256 }]],
      },
      ...(describes
        ? [{ op: "update", key: keys.series(instance), set: described, when: isThere } as const]
        : []),
    ]),
  );
}

const isThere = [[{ attribute: "pk", is: "present" }]] as const;

/** Other bytes may stand for the UID by now, and they were read as the study says. */
async function unlessReplaced(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
