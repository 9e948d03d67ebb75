/**
 * Where a table was lost in part, what is left must agree again before instances are added to it: counters are set to what
 * the instance items say, and the study's search items are written again. Safe while others count: a counter is only
 * set while it still says what it said before the items were read.
 */
import type { CounterItem } from "../catalog/counters.ts";
import { expectedCounters } from "../catalog/expected-counters.ts";
import { modalityFindItem, studyFindItems } from "../catalog/find-items.ts";
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import type { Item, Table, When, Write } from "../ports.ts";

export async function repairStudy(table: Table, study: StudyKey): Promise<void> {
  const { region, hospital, studyUid } = study;
  const key = { region, hospital, studyUid };
  const pk = studyPartition(key);
  const counters = (await queryAll(table, { pk, prefix: "COUNT#", consistent: true })) as readonly Item[];
  const items = await queryAll(table, { pk, consistent: true });
  const instances = items.filter(
    ({ type }) => type === "instance",
  ) as readonly Item[] as readonly InstanceItem[];
  await Promise.all(counterWrites(key, counters, instances).map((write) => unlessChanged(table, write)));
  await repairShown(table, items, instances);
}

function counterWrites(
  key: StudyKey,
  counters: readonly Item[],
  instances: readonly InstanceItem[],
): readonly Write[] {
  const expected = expectedCounters(instances);
  const found = new Map(
    (counters as readonly unknown[] as readonly CounterItem[]).map((one) => [one.sk, one]),
  );
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((sk): readonly Write[] => {
    const [wanted, there] = [expected.get(sk) ?? { instances: 0, bytes: 0 }, found.get(sk)];
    if (wanted.instances === (there?.instances ?? 0) && wanted.bytes === (there?.bytes ?? 0)) return [];
    const seriesUid = /^COUNT#SERIES#([^#]+)#/.exec(sk)?.[1];
    const set = { type: "counter", ...key, ...(seriesUid !== undefined && { seriesUid }), ...wanted };
    return [{ op: "update", key: { pk: studyPartition(key), sk }, set, when: asFound(there) }];
  });
}

const asFound = (there: CounterItem | undefined): When =>
  there
    ? [
        [
          { attribute: "instances", is: "=", value: there.instances },
          { attribute: "bytes", is: "=", value: there.bytes },
        ],
      ]
    : [[{ attribute: "pk", is: "absent" }]];

/** Search items, and a number that is too high: roll-ups only ever raise it. */
async function repairShown(
  table: Table,
  items: readonly Item[],
  instances: readonly InstanceItem[],
): Promise<void> {
  const study = items.find(({ type }) => type === "study") as StudyItem | undefined;
  if (!study) return;
  const bySeries = Map.groupBy(instances, ({ seriesUid }) => seriesUid);
  const series = items.filter(({ type }) => type === "series") as readonly Item[] as readonly SeriesItem[];
  const modalities = series.flatMap(({ seriesUid, modality }) =>
    bySeries.has(seriesUid) ? (modality ?? []) : [],
  );
  const found = [
    ...studyFindItems(study),
    ...[...new Set(modalities)].map((modality) => modalityFindItem(study, modality)),
  ];
  await Promise.all(found.map((item) => table.write([{ op: "put", item }])));
  const shown = [
    { key: keys.study(study), says: study.instances, are: instances.length },
    ...series.map((one) => ({
      key: keys.series(one),
      says: one.instances,
      are: bySeries.get(one.seriesUid)?.length ?? 0,
    })),
  ].filter(({ says, are }) => says !== undefined && says > are);
  for (const { key, says, are } of shown) {
    const when: When = [[{ attribute: "instances", is: "=", value: says as number }]];
    await unlessChanged(table, { op: "update", key, set: { instances: are }, when });
  }
}

async function unlessChanged(table: Table, write: Write): Promise<void> {
  try {
    await table.write([write]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw new Transient("The study grew while it was counted", { cause: error });
  }
}
