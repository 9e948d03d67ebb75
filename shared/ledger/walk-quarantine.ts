import type { ClaimItem } from "../catalog/claim-item.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import { isProcessed } from "../ingest/settle.ts";
import {
  type FileKey,
  objectPrefixes,
  parseConflictKey,
  parseCorrectedKey,
  parseQuarantineKey,
} from "../object-keys.ts";
import type { ListedObject } from "../ports.ts";
import type { Violation } from "./tally.ts";
import { type LedgerAudit, type Walk, walkObjects } from "./walk.ts";

/** Every quarantined object is a file's. */
export const walkQuarantine: Walk = walkFiles(
  objectPrefixes.quarantine,
  parseQuarantineKey,
  "is in quarantine, and no ledger says so",
);

/** Every corrected copy is of a file, be it one that somebody was faster to decide about. */
export const walkCorrected: Walk = walkFiles(
  objectPrefixes.corrected,
  parseCorrectedKey,
  "is a corrected copy, and no ledger knows its file",
);

/** Every conflicting object is shown at the study that holds its UID. */
export const walkConflicts: Walk = (audit, after) =>
  walkObjects(audit, ["quarantine", objectPrefixes.conflicts(audit.hospital)], after, (listed) =>
    auditConflicts(audit, listed),
  );

function walkFiles(
  prefix: (hospital: HospitalKey) => string,
  parse: (key: string) => FileKey | undefined,
  detail: string,
): Walk {
  return (audit, after) =>
    walkObjects(audit, ["quarantine", prefix(audit.hospital)], after, async (listed) => {
      const { table, hospital } = audit;
      const named = listed.map((object) => ({ object, at: parse(object.key) }));
      const wanted = named.flatMap(({ at }) =>
        at ? [keys.uploadFile(hospital, at.uploadId, at.fileId)] : [],
      );
      const found = (await table.batchGet(wanted, { consistent: true })) as readonly UploadFileItem[];
      const files = new Set(found.map(({ uploadId, fileId }) => `${uploadId}/${fileId}`));
      for (const { object, at } of named) {
        const { uploadId, fileId } = at ?? {};
        const known = files.has(`${uploadId}/${fileId}`);
        await auditAside(audit, object, known, { uploadId, fileId, detail });
      }
    });
}

async function auditAside(
  { objects, tally }: LedgerAudit,
  { key, lastModified }: ListedObject,
  known: boolean,
  violation: Omit<Violation, "check">,
): Promise<void> {
  // Done with, by a table that was lost since: it expires.
  if (!known && isProcessed(await objects.tagsOf({ bucket: "quarantine", key })))
    return tally.explain("aside-known");
  tally.await("aside-known", known, lastModified, violation);
}

async function auditConflicts(audit: LedgerAudit, listed: readonly ListedObject[]): Promise<void> {
  const { table, hospital } = audit;
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
    await auditAside(audit, object, there.has(`${pk}${sk}`), { studyUid, seriesUid, sopUid, sha256, detail });
  }
}
