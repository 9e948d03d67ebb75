/** Counted attributes of study and series items, for answers that need not be exact to the second (QIDO-RS). */
import { ConditionFailed } from "../errors.ts";
import type { Item, Key, Table } from "../ports.ts";
import { sumSeries, sumStudy } from "./counters.ts";
import type { SeriesItem, StudyItem } from "./items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { queryAll } from "./query-all.ts";

export interface RolledUp {
  readonly study: StudyItem;
  readonly instances: number;
}

/** Undefined while there is no such study. `lastIndexedAt`: when an instance was seen to arrive, if one was. */
export async function rollUpStudy(
  table: Table,
  key: StudyKey,
  lastIndexedAt?: string,
): Promise<RolledUp | undefined> {
  const [study, series, total, bySeries] = await Promise.all([
    table.get(keys.study(key), { consistent: true }),
    queryAll(table, { pk: studyPartition(key), prefix: prefixes.series, consistent: true }),
    sumStudy(table, key),
    sumSeries(table, key),
  ]);
  if (!study) return undefined;
  // A series exists once it holds an instance: its item is written a moment before.
  const held = (series as readonly Item[] as readonly SeriesItem[]).filter(({ seriesUid }) =>
    bySeries.has(seriesUid),
  );
  const { instances } = total;
  const modalities = [...new Set(held.flatMap(({ modality }) => modality ?? []))].sort();
  const counted = { instances, seriesCount: held.length, modalities };
  const grown = held.flatMap((one) => {
    const inSeries = bySeries.get(one.seriesUid)?.instances ?? 0;
    return one.instances === inSeries ? [] : [{ key: keys.series(one), inSeries }];
  });
  await Promise.all([
    raise(table, keys.study(key), instances, { ...counted, ...(lastIndexedAt && { lastIndexedAt }) }),
    ...grown.map((one) => raise(table, one.key, one.inSeries, { instances: one.inSeries })),
  ]);
  return { study: study as StudyItem, instances };
}

/** Counts only grow: a slower run that counted earlier never overwrites a later one. */
async function raise(
  table: Table,
  key: Key,
  instances: number,
  set: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await table.write([
      {
        op: "update",
        key,
        set,
        when: [
          [{ attribute: "instances", is: "absent" }],
          [{ attribute: "instances", is: "<=", value: instances }],
        ],
      },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
