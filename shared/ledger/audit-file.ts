/** Files of the ledger that are not (yet) instances: aside, or under way. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import type { ConflictItem } from "../catalog/desk-items.ts";
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { ownObject, staysForGood } from "../ingest/desk-file.ts";
import { quarantineDays } from "../ingest/index-quarantined.ts";
import { objectKeys, type Priority } from "../object-keys.ts";
import { instanceOf } from "./audit-upload.ts";
import { isThere } from "./is-there.ts";
import type { LedgerAudit } from "./walk.ts";

export async function auditFileAside(audit: LedgerAudit, file: UploadFileItem): Promise<void> {
  const { tally } = audit;
  const { uploadId, fileId, sha256, state, updatedAt, reason, release, studyUid, sopUid } = file;
  // Refused again, they are kept no longer for it.
  const since = state === "quarantined" ? (file.quarantinedAt ?? updatedAt) : updatedAt;
  // Under a key that is not ours to use, the bytes stay where they landed. What was discarded is left to expire.
  if (staysForGood(file) || file.discarded) return tally.explain("file-aside");
  // Nothing was there any more when it was to be taken in.
  if (reason?.code === "bytes-expired") return tally.explain("file-aside");
  if (tally.isOlderThan(since, quarantineDays)) return tally.explain("file-aside");
  // A corrected copy may itself be in conflict.
  const contested = release?.object?.sha256 ?? sha256;
  const there =
    state === "conflict"
      ? (await isThere(audit, {
          bucket: "quarantine",
          key: objectKeys.conflict(instanceOf(file), contested),
        })) || (await isTakenIn(audit, file, contested))
      : await isThere(audit, ownObject(file));
  const detail = `its bytes are not in the quarantine bucket (${reason?.code ?? state})`;
  tally.examine("file-aside", there, { uploadId, fileId, studyUid, sopUid, sha256, detail });
}

/** Sent in two uploads, the same bytes are in one conflict, which is decided by way of one of them. */
async function isTakenIn(audit: LedgerAudit, file: UploadFileItem, sha256: string): Promise<boolean> {
  const { sopUid = "" } = file;
  const { table, hospital } = audit;
  const claim = (await table.get(keys.claim(hospital, sopUid), { consistent: true })) as
    | ClaimItem
    | undefined;
  const of = claim ?? instanceOf(file);
  const found = await table.get(keys.conflict(of, sopUid, sha256), { consistent: true });
  const { resolution } = (found ?? {}) as Partial<ConflictItem>;
  return resolution !== undefined && resolution.keep !== "first";
}

export async function auditFileMoving(
  audit: LedgerAudit,
  { hospital, priority }: { readonly hospital: string; readonly priority: Priority },
  file: UploadFileItem,
  upload: UploadItem | undefined,
): Promise<void> {
  const { tally } = audit;
  const { uploadId, fileId, sha256, state, updatedAt } = file;
  const named = { uploadId, fileId, sha256 };
  if (tally.isYoung(updatedAt)) return tally.explain("file-moving");
  const key = objectKeys.landing({ priority, hospital, uploadId, fileId });
  const landed = await isThere(audit, { bucket: "landing", key });
  if (state === "stored")
    return tally.await("file-moving", false, updatedAt, {
      ...named,
      detail: landed
        ? "landed and is not done: look in the dead-letter queue"
        : "landed, and its bytes are gone",
    });
  if (!landed) return tally.explain("file-moving", upload?.completedAt === undefined);
  tally.await("file-moving", false, updatedAt, {
    ...named,
    detail: "landed, and nobody has seen it",
  });
}
