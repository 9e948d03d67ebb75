/** Study and series items, with their search items: the first writer's attributes stay, and every repetition changes nothing. */
import type { Item, Key, Table, When } from "../ports.ts";
import { modalityFindItem, studyFindItems } from "./find-items.ts";
import type { SeriesItem, StudyItem } from "./items.ts";
import { keys } from "./keys.ts";
import { ignoringCondition } from "./put-once.ts";

const absent: When = [[{ attribute: "pk", is: "absent" }]];

/**
 * Makes sure study and series are there and can be found. Two consistent reads when they are, as for all but the first
 * slices. A run that dies in between leaves `searchable` unset, and the next instance of the study finishes its work.
 */
export async function ensureStudy(table: Table, study: StudyItem, series: SeriesItem): Promise<void> {
  const found = await table.batchGet([keys.study(study), keys.series(series)], { consistent: true });
  const storedStudy = await ensureOne(
    table,
    study,
    found.find(({ sk }) => sk === keys.study(study).sk) as StudyItem | undefined,
    studyFindItems,
  );
  await ensureOne(
    table,
    series,
    found.find(({ sk }) => sk === keys.series(series).sk) as SeriesItem | undefined,
    ({ modality }) => (modality === undefined ? [] : [modalityFindItem(storedStudy, modality)]),
  );
  if (storedStudy.retainUntil < study.retainUntil)
    await extendStudyRetention(table, study, study.retainUntil);
}

/** Answers the item as stored. Search items are made from that, so that workers that raced write the same ones. */
async function ensureOne<T extends Item & { readonly searchable?: boolean }>(
  table: Table,
  wanted: T,
  found: T | undefined,
  findItems: (stored: T) => readonly Item[],
): Promise<T> {
  if (found?.searchable) return found;
  const key: Key = { pk: wanted.pk, sk: wanted.sk };
  if (!found) await ignoringCondition(table.write([{ op: "put", item: wanted, when: absent }]));
  const stored = (found ?? (await table.get(key, { consistent: true }))) as T;
  await Promise.all(findItems(stored).map((item) => table.write([{ op: "put", item }])));
  await table.write([{ op: "update", key, set: { searchable: true } }]);
  return stored;
}

/** Only ever later. */
export async function extendStudyRetention(
  table: Table,
  study: Parameters<typeof keys.study>[0],
  until: string,
): Promise<void> {
  const key = keys.study(study);
  const when: When = [[{ attribute: "retainUntil", is: "<", value: until }]];
  await ignoringCondition(table.write([{ op: "update", key, set: { retainUntil: until }, when }]));
}
