/** QIDO-RS search for the series and instances of one study (PS3.18 §10.6): one partition of the catalog. */
import type { Grant } from "../access/grant.ts";
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Item, Key, Table } from "../ports.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { matchesAll } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";

export interface LevelPage<T> {
  readonly study: StudyItem;
  readonly items: readonly T[];
  readonly next?: string;
}

export async function searchSeries(
  grant: Grant,
  study: StudyKey,
  search: Search,
): Promise<LevelPage<SeriesItem>> {
  return searchPartition<SeriesItem>(grant, study, prefixes.series, search);
}

export async function searchInstances(
  grant: Grant,
  study: StudyKey,
  seriesUid: string | undefined,
  search: Search,
): Promise<LevelPage<InstanceItem>> {
  return searchPartition<InstanceItem>(grant, study, prefixes.instances(seriesUid), search);
}

async function searchPartition<T extends SeriesItem | InstanceItem>(
  grant: Grant,
  key: StudyKey,
  prefix: string,
  search: Search,
): Promise<LevelPage<T>> {
  const study = (await grant.table.get(keys.study(key))) as StudyItem | undefined;
  if (study === undefined) throw new Problem("not-found", "There is no such study in this scope.");
  const items: T[] = [];
  let skip = search.cursor === undefined ? search.offset : 0;
  let last: string | undefined;
  for await (const item of walk(grant.table, studyPartition(key), prefix, search.cursor)) {
    const element = item as T;
    if (matchesAll({ ...study.attributes, ...element.attributes }, search.match, search.fuzzy)) {
      if (items.length === search.limit) {
        return { study, items, next: encodeCursor({ source: 0, label: "", after: last as string }) };
      }
      if (skip > 0) skip--;
      else items.push(element);
    }
    last = item.sk;
  }
  return { study, items };
}

async function* walk(
  table: Table,
  pk: string,
  prefix: string,
  cursor: string | undefined,
): AsyncGenerator<Item> {
  let after: Key | undefined = cursor === undefined ? undefined : { pk, sk: decodeCursor(cursor).after };
  do {
    const page = await table.query({ pk, prefix, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
