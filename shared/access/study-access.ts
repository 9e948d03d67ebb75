/** StudyAccess items: the only way to a study beyond the own hospital. */
import type { StudyAccessItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import type { Item, Table } from "../ports.ts";
import type { Granted } from "./resource.ts";
import { hasExpired } from "./share-state.ts";

const pageSize = 50;

/** What `grantee` was given on the studies with this UID, one entry for each hospital that holds one. */
export async function accessToStudy(
  table: Table,
  grantee: string,
  studyUid: string,
  now: Date,
): Promise<readonly StudyAccessItem[]> {
  const { items } = await table.query({
    pk: `ACCESS#${grantee}`,
    prefix: `STUDY#${studyUid}#`,
    limit: pageSize,
  });
  return items.filter((item): item is StudyAccessItem => holds(item, now));
}

/** What each of these grantees was given on one study. */
export async function accessOf(
  table: Table,
  grantees: readonly string[],
  study: StudyKey,
  now: Date,
): Promise<readonly StudyAccessItem[]> {
  const items = await table.batchGet(
    grantees.map((grantee) => keys.studyAccess(grantee, study)),
    { consistent: true },
  );
  return items.filter((item): item is StudyAccessItem => holds(item, now));
}

/** TTL deletes late, so an item past its expiry counts for nothing. */
const holds = (item: Item, now: Date): boolean =>
  item.expiresAt === undefined || !hasExpired(item.expiresAt, now);

/** As the policies see it. Who may report may also view and download: a diagnosis is made on the originals. */
export function grantedTo(grantee: string, items: readonly StudyAccessItem[]): Granted {
  const given = new Set(items.flatMap((item) => item.permissions));
  const who = (yes: boolean): readonly string[] => (yes ? [grantee] : []);
  return {
    viewers: who(given.size > 0),
    reporters: who(given.has("report")),
    downloaders: who(given.has("report") || given.has("download")),
  };
}

export const nobody: Granted = { viewers: [], reporters: [], downloaders: [] };
