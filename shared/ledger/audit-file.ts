/** Files of the ledger that are not (yet) instances: aside, or under way. */
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { ownObject } from "../ingest/desk-file.ts";
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
  if (reason?.code === "wrong-key" || file.discarded) return tally.explain("file-aside");
  if (tally.isOlderThan(since, quarantineDays)) return tally.explain("file-aside");
  // A corrected copy may itself be in conflict.
  const there = await isThere(
    audit,
    state === "conflict"
      ? {
          bucket: "quarantine",
          key: objectKeys.conflict(instanceOf(file), release?.object?.sha256 ?? sha256),
        }
      : ownObject(file),
  );
  const detail = `its bytes are not in the quarantine bucket (${reason?.code ?? state})`;
  tally.examine("file-aside", there, { uploadId, fileId, studyUid, sopUid, sha256, detail });
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
