import type { Grant } from "../access/grant.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import type { Ledger, LedgerFile } from "../contract/schemas/upload.ts";
import { Problem } from "../errors.ts";
import { hospitalOf } from "./load-upload.ts";
import { readLedger } from "./read-ledger.ts";

const defaultPage = 1000;

/** The ledger of an upload: totals over all files, and a page of the files in the order announced. */
export async function getLedger(
  grant: Grant,
  uploadId: string,
  page: { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
): Promise<Ledger> {
  const snapshot = await readLedger(grant.table, hospitalOf(grant), uploadId);
  if (!snapshot) throw new Problem("not-found", "There is no such upload.");
  await grant.audit({ hospital: hospitalOf(grant), uploadId });
  const { upload, files, totals, done } = snapshot;
  const start = page.cursor === undefined ? 0 : offsetOf(page.cursor);
  const end = start + (page.limit ?? defaultPage);
  return {
    uploadId,
    createdAt: upload.createdAt,
    ...(upload.completedAt !== undefined && { completedAt: upload.completedAt }),
    priority: upload.priority,
    encounterClass: upload.encounterClass,
    done,
    announced: upload.fileCount,
    totals,
    files: files.slice(start, end).map(ledgerFile),
    ...(end < files.length && { next: String(end) }),
  };
}

/** Files never move within the order, so a position is a good cursor. */
function offsetOf(cursor: string): number {
  if (!/^\d{1,6}$/.test(cursor)) throw new Problem("invalid-request", "This cursor is not from a ledger.");
  return Number(cursor);
}

function ledgerFile(file: UploadFileItem): LedgerFile {
  const { fileId, name, size, sha256, state, updatedAt, reason } = file;
  return {
    fileId,
    name,
    size,
    sha256,
    state,
    ...(reason && { reason: { ...reason } }),
    ...(file.studyUid !== undefined && { studyInstanceUid: file.studyUid }),
    ...(file.seriesUid !== undefined && { seriesInstanceUid: file.seriesUid }),
    ...(file.sopUid !== undefined && { sopInstanceUid: file.sopUid }),
    updatedAt,
  };
}
