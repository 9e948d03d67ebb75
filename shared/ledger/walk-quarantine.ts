import type { ClaimItem } from "../catalog/claim-item.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { objectPrefixes, parseConflictKey, parseQuarantineKey } from "../object-keys.ts";
import type { ListedObject } from "../ports.ts";
import type { LedgerAudit, Walk } from "./walk.ts";

/** Every quarantined object is a file's. */
export const walkQuarantine: Walk = (audit, after) =>
  pages(audit, objectPrefixes.quarantine(audit.hospital), after, auditQuarantined);

/** Every conflicting object is shown at the study that holds its UID. */
export const walkConflicts: Walk = (audit, after) =>
  pages(audit, objectPrefixes.conflicts(audit.hospital), after, auditConflicts);

async function pages(
  audit: LedgerAudit,
  prefix: string,
  after: string | undefined,
  look: (audit: LedgerAudit, listed: readonly ListedObject[]) => Promise<void>,
): Promise<string | undefined> {
  for (let position = after; ; ) {
    const page = await audit.objects.list("quarantine", prefix, position);
    await look(audit, page.keys);
    if (page.next === undefined) return undefined;
    position = page.next;
    if (audit.budget.spend(page.keys.length)) return position;
  }
}

async function auditQuarantined(
  { table, hospital, tally }: LedgerAudit,
  listed: readonly ListedObject[],
): Promise<void> {
  const named = listed.map((object) => ({ object, at: parseQuarantineKey(object.key) }));
  const wanted = named.flatMap(({ at }) => (at ? [keys.uploadFile(hospital, at.uploadId, at.fileId)] : []));
  const found = (await table.batchGet(wanted, { consistent: true })) as readonly UploadFileItem[];
  const files = new Map(found.map((file) => [`${file.uploadId}/${file.fileId}`, file]));
  for (const { object, at } of named) {
    const { uploadId, fileId } = at ?? {};
    const known = files.has(`${uploadId}/${fileId}`);
    const detail = "is in quarantine, and no ledger says so";
    tally.await("aside-known", known, object.lastModified, { uploadId, fileId, detail });
  }
}

async function auditConflicts(
  { table, hospital, tally }: LedgerAudit,
  listed: readonly ListedObject[],
): Promise<void> {
  const named = listed.map((object) => ({ object, at: parseConflictKey(object.key) }));
  const sops = [...new Set(named.flatMap(({ at }) => at?.sopUid ?? []))];
  const claimed = await table.batchGet(
    sops.map((sopUid) => keys.claim(hospital, sopUid)),
    { consistent: true },
  );
  const claims = new Map((claimed as readonly ClaimItem[]).map((claim) => [claim.sopUid, claim]));
  const keyOf = (at: NonNullable<(typeof named)[number]["at"]>) =>
    keys.conflict(claims.get(at.sopUid) ?? at, at.sopUid, at.sha256);
  const wanted = named.flatMap(({ at }) => (at ? [keyOf(at)] : []));
  const found = await table.batchGet(wanted, { consistent: true });
  const there = new Set(found.map(({ pk, sk }) => `${pk}${sk}`));
  for (const { object, at } of named) {
    const { pk = "", sk = "" } = at ? keyOf(at) : {};
    const { studyUid, seriesUid, sopUid, sha256 } = at ?? {};
    const detail = "is kept as a conflict, and no study shows it";
    const violation = { studyUid, seriesUid, sopUid, sha256, detail };
    tally.await("aside-known", there.has(`${pk}${sk}`), object.lastModified, violation);
  }
}
