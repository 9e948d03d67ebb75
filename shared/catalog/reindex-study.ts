/** Search items of a study that is shown under another identity than before: the new ones, and none of the old. */
import type { Table, Write } from "../ports.ts";
import { type Change, typeOf } from "./change.ts";
import { studyFindItems } from "./find-items.ts";
import type { StudyItem } from "./items.ts";
import { keys } from "./keys.ts";

export interface Reindexing {
  readonly changes: readonly Change[];
  run(): Promise<void>;
}

/** What search items are made of. */
const found = ["attributes", "patientId", "studyDate", "nameKeys"] as const;

/** A study's first search items are its first writer's; this is about later changes. */
export function reindexing(
  { table }: { readonly table: Table },
  changes: readonly Change[],
): readonly Reindexing[] {
  return changes
    .filter((change) => typeOf(change) === "study" && isOtherwiseFound(change))
    .map((change) => ({ changes: [change], run: () => reindex(table, change.before as StudyItem) }));
}

function isOtherwiseFound({ before, after }: Change): boolean {
  if (before?.searchable !== true || after?.searchable !== true) return false;
  return found.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** From the study as it stands, so that a change delivered late does not bring back what a later one replaced. */
async function reindex(table: Table, before: StudyItem): Promise<void> {
  const study = (await table.get(keys.study(before), { consistent: true })) as StudyItem | undefined;
  if (!study) return;
  const wanted = studyFindItems(study);
  const stays = new Set(wanted.map(({ pk, sk }) => `${pk}\n${sk}`));
  const gone = studyFindItems(before).filter(({ pk, sk }) => !stays.has(`${pk}\n${sk}`));
  const writes: readonly Write[] = [
    ...wanted.map((item): Write => ({ op: "put", item })),
    ...gone.map(({ pk, sk }): Write => ({ op: "delete", key: { pk, sk } })),
  ];
  await Promise.all(writes.map((write) => table.write([write])));
}
