/** Series and instances of one study, with what is matched at their levels: one partition of the catalog. */
import { holdsInstances } from "../catalog/holds-instances.ts";
import type { InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, studyPartition } from "../catalog/keys.ts";
import type { Item, Key, Table } from "../ports.ts";
import { keysOf, matchesAll } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";

export type ElementLevel = "series" | "instance";
export type ElementItem = SeriesItem | InstanceItem;

/** What a search below the study level finds, with the levels above it. */
export interface Found<T extends ElementItem = ElementItem> {
  readonly study: StudyItem;
  /** The series itself, or the instance's. Absent for the moment between an instance and its series. */
  readonly series: SeriesItem | undefined;
  readonly element: T;
}

export interface Looked {
  readonly found: Found;
  readonly wanted: boolean;
}

export interface Within {
  readonly level: ElementLevel;
  readonly search: Search;
  /** Only instances of this series. */
  readonly seriesUid?: string | undefined;
}

/** Every element that has to be looked at, in the order of its sort key, behind `after`. */
export async function* elementsOf(
  table: Table,
  study: StudyItem,
  { level, search, seriesUid }: Within,
  after: string | undefined,
): AsyncGenerator<Looked> {
  const series = await seriesOf(table, study, seriesUid ?? singleUid(search));
  const ofSeries = keysOf(search, "series");
  const wanted = series.filter(({ attributes, seriesUid: uid }) =>
    matchesAll(
      { attributes: { ...attributes, "0020000E": { vr: "UI", Value: [uid] } }, nameKeys: [] },
      ofSeries,
    ),
  );
  if (level === "series") {
    for (const element of wanted.filter(({ sk }) => after === undefined || sk > after))
      yield { found: { study, series: element, element }, wanted: await holdsInstances(table, element) };
    return;
  }
  const ofInstance = keysOf(search, "instance");
  for await (const { item, series: its } of instancesOf(table, study, { series, wanted, after }))
    yield {
      found: { study, series: its, element: item },
      wanted: matchesAll(
        { attributes: { ...item.attributes, "00080018": { vr: "UI", Value: [item.sopUid] } }, nameKeys: [] },
        ofInstance,
      ),
    };
}

async function seriesOf(
  table: Table,
  study: StudyItem,
  seriesUid: string | undefined,
): Promise<readonly SeriesItem[]> {
  if (seriesUid !== undefined) {
    const item = await table.get(keys.series({ ...study, seriesUid }));
    return item === undefined ? [] : [item as SeriesItem];
  }
  const all: SeriesItem[] = [];
  for await (const item of walk(table, { pk: studyPartition(study), prefix: prefixes.series }))
    all.push(item as SeriesItem);
  return all;
}

/** A key that names one series spares the others. */
function singleUid({ match }: Search): string | undefined {
  const uid = match.get("0020000E");
  return uid !== undefined && /^[0-9.]+$/.test(uid) ? uid : undefined;
}

interface OfSeries {
  readonly series: readonly SeriesItem[];
  readonly wanted: readonly SeriesItem[];
  readonly after: string | undefined;
}

/** One query for all where every series is wanted: a study may have hundreds. */
async function* instancesOf(table: Table, study: StudyItem, { series, wanted, after }: OfSeries) {
  const pk = studyPartition(study);
  const bySeries = new Map(wanted.map((one) => [one.seriesUid, one]));
  const ranges =
    wanted.length === series.length && series.length > 1
      ? [prefixes.instances()]
      : wanted.map(({ seriesUid }) => prefixes.instances(seriesUid));
  for (const prefix of ranges) {
    // Sort keys of a series' instances are all behind those of the series before it.
    if (after !== undefined && !after.startsWith(prefix) && after > prefix) continue;
    for await (const element of walk(table, { pk, prefix }, after?.startsWith(prefix) ? after : undefined)) {
      const item = element as InstanceItem;
      yield { item, series: bySeries.get(item.seriesUid) };
    }
  }
}

async function* walk(
  table: Table,
  range: { readonly pk: string; readonly prefix: string },
  start?: string,
): AsyncGenerator<Item> {
  let after: Key | undefined = start === undefined ? undefined : { pk: range.pk, sk: start };
  do {
    const page = await table.query({ ...range, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
