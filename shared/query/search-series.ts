/** QIDO-RS search for the series and instances of one study (PS3.18 §10.6): one partition of the catalog. */
import type { Grant } from "../access/grant.ts";
import { holdsInstances } from "../catalog/holds-instances.ts";
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Item, Key, Table } from "../ports.ts";
import { decodeCursor, encodeCursor, searchName } from "./cursor.ts";
import { FillingPage } from "./filling-page.ts";
import { matchesAll } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";

export interface LevelPage<T> {
  readonly study: StudyItem;
  readonly items: readonly T[];
  readonly next?: string;
}

/** Bytes an element takes in the answer. */
export type Weigh<T> = (element: T, study: StudyItem) => number;

export async function searchSeries(
  grant: Grant,
  study: StudyKey,
  search: Search,
  weigh: Weigh<SeriesItem>,
): Promise<LevelPage<SeriesItem>> {
  return searchPartition(grant, study, { prefix: prefixes.series, search, weigh });
}

export async function searchInstances(
  grant: Grant,
  study: StudyKey,
  seriesUid: string | undefined,
  search: Search,
  weigh: Weigh<InstanceItem>,
): Promise<LevelPage<InstanceItem>> {
  return searchPartition(grant, study, { prefix: prefixes.instances(seriesUid), search, weigh });
}

interface Level<T> {
  readonly prefix: string;
  readonly search: Search;
  readonly weigh: Weigh<T>;
}

/** A page ends at `search.limit` elements, or before it would outgrow what an answer may hold. */
async function searchPartition<T extends SeriesItem | InstanceItem>(
  grant: Grant,
  key: StudyKey,
  { prefix, search, weigh }: Level<T>,
): Promise<LevelPage<T>> {
  const study = (await grant.table.get(keys.study(key))) as StudyItem | undefined;
  if (study === undefined || !(await holdsInstances(grant.table, study)))
    throw new Problem("not-found", "There is no such study in this scope.");
  const pk = studyPartition(key);
  const name = searchName(search, [pk, prefix]);
  const start = search.cursor === undefined ? undefined : decodeCursor(search.cursor, name).after;
  const page = new FillingPage<T>(search);
  const items = page.results;
  let last = "";
  for await (const item of walk(grant.table, pk, prefix, start)) {
    const element = item as T;
    const there = element.type === "instance" || (await holdsInstances(grant.table, element));
    const wanted = there && matches(study, element, search);
    if (wanted && !page.take(element, () => weigh(element, study)))
      return { study, items, next: encodeCursor({ source: 0, label: "", after: last }, name) };
    last = item.sk;
  }
  return { study, items };
}

function matches(study: StudyItem, element: SeriesItem | InstanceItem, search: Search): boolean {
  const attributes = { ...study.attributes, ...element.attributes };
  return matchesAll({ attributes, nameKeys: study.nameKeys ?? [] }, search);
}

async function* walk(
  table: Table,
  pk: string,
  prefix: string,
  start: string | undefined,
): AsyncGenerator<Item> {
  let after: Key | undefined = start === undefined ? undefined : { pk, sk: start };
  do {
    const page = await table.query({ pk, prefix, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
