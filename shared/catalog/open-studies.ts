/** Studies that still receive instances: the quiet-period job closes the ones nothing was added to for a while. */
import { ConditionFailed } from "../errors.ts";
import { newUlid } from "../new-ulid.ts";
import type { Item, Key, Table } from "../ports.ts";
import { keys, openPartition, openShards, type StudyKey } from "./keys.ts";
import { queryAll } from "./query-all.ts";
import { shardOf } from "./shard-of.ts";

export interface OpenStudyItem extends Item, StudyKey {
  readonly type: "open-study";
  readonly lastIndexedAt: string;
  /** Another one each time an instance arrives, so that closing notices what came while it counted. */
  readonly touch: string;
}

const openKey = (key: StudyKey): Key =>
  keys.open(key, shardOf(`${key.hospital}#${key.studyUid}`, openShards));

export async function markOpen(table: Table, key: StudyKey, now: Date): Promise<void> {
  const { region, hospital, studyUid } = key;
  const item: OpenStudyItem = {
    ...openKey(key),
    type: "open-study",
    region,
    hospital,
    studyUid,
    lastIndexedAt: now.toISOString(),
    touch: newUlid(now.getTime()),
  };
  await table.write([{ op: "put", item }]);
}

export async function readOpen(table: Table, key: StudyKey): Promise<OpenStudyItem | undefined> {
  return (await table.get(openKey(key), { consistent: true })) as OpenStudyItem | undefined;
}

export async function listOpen(table: Table, region: string): Promise<readonly OpenStudyItem[]> {
  const shards = Array.from({ length: openShards }, (_, shard) => openPartition(region, shard));
  const found = await Promise.all(shards.map((pk) => queryAll(table, { pk })));
  return found.flat() as readonly Item[] as readonly OpenStudyItem[];
}

/** Unless an instance arrived since `open` was read. */
export async function markClosed(table: Table, open: OpenStudyItem): Promise<void> {
  try {
    await table.write([
      {
        op: "delete",
        key: openKey(open),
        when: [[{ attribute: "touch", is: "=", value: open.touch }]],
      },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
