import type { CounterItem } from "../catalog/counters.ts";
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { ItemType } from "../contract/events.ts";
import type { Item } from "../ports.ts";
import type { ReportPointerItem } from "../report/items.ts";
import type { LedgerStores } from "./walk.ts";

/** Everything the catalog holds in a study's partition, by type. */
export interface StudyContents {
  readonly study?: StudyItem;
  readonly series: readonly SeriesItem[];
  readonly instances: readonly InstanceItem[];
  readonly counters: readonly CounterItem[];
  readonly reports: readonly ReportPointerItem[];
}

export async function readStudyContents(table: LedgerStores["table"], key: StudyKey): Promise<StudyContents> {
  const items = await queryAll(table, { pk: studyPartition(key), consistent: true });
  const of = <T extends Item>(type: ItemType): readonly T[] =>
    items.filter((item) => item.type === type) as readonly Item[] as readonly T[];
  const [study] = of<StudyItem>("study");
  return {
    ...(study && { study }),
    series: of<SeriesItem>("series"),
    instances: of<InstanceItem>("instance"),
    counters: of<Item>("counter") as readonly unknown[] as readonly CounterItem[],
    reports: of<ReportPointerItem>("report-pointer"),
  };
}
