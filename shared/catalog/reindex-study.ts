/** Search items of a study that is shown otherwise than before: the new ones, and none of the old. */
import type { Item, Table, Write } from "../ports.ts";
import { type Change, typeOf } from "./change.ts";
import { allFindItems, modalityFindItem } from "./find-items.ts";
import type { SeriesItem, StudyItem } from "./items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { queryAll } from "./query-all.ts";
import { rollUpStudy } from "./roll-up-study.ts";

export interface Reindexing {
  readonly changes: readonly Change[];
  run(): Promise<void>;
}

/** What search items are made of. */
const found = ["attributes", "patientId", "studyDate", "nameKeys"] as const;

/** A study's first search items are its first writer's, and a modality's its first series'; this is about later changes. */
export function reindexing(
  { table }: { readonly table: Table },
  changes: readonly Change[],
): readonly Reindexing[] {
  const studies = changes.filter((change) => typeOf(change) === "study" && isOtherwiseFound(change));
  const series = changes.filter((change) => typeOf(change) === "series" && isOfOtherModality(change));
  return [
    ...studies.map((change) => ({
      changes: [change],
      run: () => {
        const before = change.before as StudyItem;
        return reindex(table, before, (_, modalities) => allFindItems(before, modalities));
      },
    })),
    ...series.map((change) => ({
      changes: [change],
      run: () => remodel(table, change.before as SeriesItem),
    })),
  ];
}

function isOtherwiseFound({ before, after }: Change): boolean {
  if (before?.searchable !== true || after?.searchable !== true) return false;
  return found.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

const isOfOtherModality = ({ before, after }: Change): boolean =>
  before?.searchable === true && after !== undefined && before.modality !== after.modality;

async function remodel(table: Table, before: SeriesItem): Promise<void> {
  const { region, hospital, studyUid, modality } = before;
  const key = { region, hospital, studyUid };
  await reindex(table, key, (study) => (modality === undefined ? [] : [modalityFindItem(study, modality)]));
  await rollUpStudy(table, key);
}

/** From the study as it stands, so that a change delivered late does not bring back what a later one replaced. */
async function reindex(
  table: Table,
  key: StudyKey,
  former: (study: StudyItem, modalities: readonly string[]) => readonly Item[],
): Promise<void> {
  const study = (await table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
  if (!study) return;
  const modalities = await readModalities(table, key);
  const wanted = allFindItems(study, modalities);
  const stays = new Set(wanted.map(({ pk, sk }) => `${pk}\n${sk}`));
  const gone = former(study, modalities).filter(
    // A month of which no study is told is of other studies too.
    ({ pk, sk, studyUid }) => studyUid !== undefined && !stays.has(`${pk}\n${sk}`),
  );
  await Promise.all(wanted.map((item) => table.write([{ op: "put", item }])));
  await Promise.all(gone.map(({ pk, sk }) => table.write([{ op: "delete", key: { pk, sk } } as Write])));
}

/** Of the study's series, each once. */
export async function readModalities(table: Table, key: StudyKey): Promise<readonly string[]> {
  const series = await queryAll(table, {
    pk: studyPartition(key),
    prefix: prefixes.series,
    consistent: true,
  });
  return [
    ...new Set(
      (series as readonly Item[] as readonly SeriesItem[]).flatMap(({ modality }) => modality ?? []),
    ),
  ];
}
