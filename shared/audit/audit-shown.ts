/** Lists show studies of several hospitals at once, and each hospital must find in its own audit who saw its patients. */
import type { Grant } from "../access/grant.ts";
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";

/** Study UIDs of one record: a page of a thousand leaves several, so that a day's records stay quick to read. */
export const mostUidsOfRecord = 100;

/** Leaves one record for each hospital whose studies are on the page, with their UIDs; one for the caller's when none is. */
export async function auditShown(grant: Grant, shown: readonly StudyKey[]): Promise<void> {
  if (shown.length === 0) return grant.audit({ detail: "0 studies" });
  const records = [...byOwner(shown)].flatMap(({ owner, studyUids }) =>
    portions(studyUids).map((portion) =>
      grant.audit({
        hospital: owner,
        studyUids: portion,
        detail: `${studyUids.length} studies`,
      }),
    ),
  );
  await Promise.all(records);
}

function byOwner(shown: readonly StudyKey[]) {
  const owners = new Map<string, { readonly owner: HospitalKey; readonly studyUids: string[] }>();
  for (const { region, hospital, studyUid } of shown) {
    const id = `${region}#${hospital}`;
    const known = owners.get(id) ?? { owner: { region, hospital }, studyUids: [] };
    // A worklist may hold two consults about one study.
    if (!known.studyUids.includes(studyUid)) known.studyUids.push(studyUid);
    owners.set(id, known);
  }
  return owners.values();
}

const portions = (uids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(uids.length / mostUidsOfRecord) }, (_, n) =>
    uids.slice(n * mostUidsOfRecord, (n + 1) * mostUidsOfRecord),
  );
