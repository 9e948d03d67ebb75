import type { StudyItem } from "../catalog/items.ts";
import { type HospitalKey, keys, type StudyKey, searchPartitions } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { objectPrefixes } from "../object-keys.ts";
import type { Key } from "../ports.ts";
import { sideBySide } from "./side-by-side.ts";
import type { LedgerAudit, Walk } from "./walk.ts";

const studiesPerPage = 100;

/** The other way around: every study that a search lists is there, and holds what the archive has. */
export const walkSearch: Walk = async (audit, after) => {
  const { table, hospital, budget } = audit;
  const [from, study] = after?.split("/", 2) ?? [];
  let position = study;
  for (const month of await monthsFrom(audit, hospital, from)) {
    const pk = searchPartitions.month(hospital, month);
    let next: Key | undefined = position === undefined ? undefined : { pk, sk: position };
    position = undefined;
    do {
      const page = await table.query({ pk, limit: studiesPerPage, ...(next && { after: next }) });
      await auditPointers(
        audit,
        page.items.map(({ studyUid }) => ({ ...hospital, studyUid: studyUid as string })),
      );
      next = page.next;
      const last = page.items.at(-1)?.sk;
      if (last !== undefined && budget.spend(page.items.length * 2)) return `${month}/${last}`;
    } while (next);
  }
  return undefined;
};

async function monthsFrom({ table }: LedgerAudit, hospital: HospitalKey, first = "000000") {
  const pk = searchPartitions.months(hospital);
  return (await queryAll(table, { pk, between: [first, "999999"] })).map(({ sk }) => sk);
}

async function auditPointers(
  { table, objects, tally }: LedgerAudit,
  studies: readonly StudyKey[],
): Promise<void> {
  const found = await table.batchGet(studies.map((key) => keys.study(key)));
  const items = new Map((found as readonly StudyItem[]).map((item) => [item.studyUid, item]));
  await sideBySide(studies, async (key) => {
    const item = items.get(key.studyUid);
    if (!item) return tally.examine("search-points", false, { ...key, detail: "there is no such study" });
    const { keys: originals } = await objects.list("archive", objectPrefixes.study(key));
    tally.await("search-points", originals.length > 0, item.createdAt, {
      ...key,
      detail: "the archive holds no original of it",
    });
  });
}
