/** Studies that still receive instances: the quiet-period job closes the ones nothing was added to for a while. */
import { ConditionFailed } from "../errors.ts";
import { newUlid } from "../new-ulid.ts";
import type { Item, Key, Table } from "../ports.ts";
import { keys, openPartition, openShards, type StudyKey } from "./keys.ts";
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

/** Some of what is open, to be read a page at a time: of a shard, or of one hospital in it. */
export interface Stretch {
  readonly pk: string;
  readonly hospital?: string;
  readonly after?: Key;
}

export const openStretches = (region: string): readonly Stretch[] =>
  Array.from({ length: openShards }, (_, shard) => ({ pk: openPartition(region, shard) }));

/** After any Study Instance UID (PS3.5 §9.1). */
const afterUids = "~";

/** At most `limit` studies, and where to go on: with the next hospital, apart from where to go on with this one. */
export async function readStretch(
  table: Table,
  stretch: Stretch,
  limit: number,
): Promise<{ readonly studies: readonly OpenStudyItem[]; readonly rest: readonly Stretch[] }> {
  const { pk, hospital, after } = stretch;
  const prefix = hospital && `${hospital}#`;
  const page = await table.query({ pk, limit, ...(prefix && { prefix }), ...(after && { after }) });
  const studies = page.items as readonly Item[] as readonly OpenStudyItem[];
  if (!page.next) return { studies, rest: [] };
  const goOn = { ...stretch, after: page.next };
  const last = studies.at(-1)?.hospital;
  if (hospital !== undefined || last === undefined) return { studies, rest: [goOn] };
  const next = { pk, after: { pk, sk: `${last}#${afterUids}` } };
  return { studies, rest: [next, { ...goOn, hospital: last }] };
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
