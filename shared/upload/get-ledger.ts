import type { Grant } from "../access/grant.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { isFileId } from "../contract/identifiers.ts";
import type { Ledger, LedgerFile } from "../contract/schemas/upload.ts";
import { Problem } from "../errors.ts";
import { viewOfRelease } from "../ingest/view-of-release.ts";
import { hospitalOf } from "./load-upload.ts";
import { readFilePage } from "./read-ledger.ts";
import { readTotals } from "./totals.ts";

const defaultPage = 1000;

/** The ledger of an upload: totals over all files, and a page of the files in the order announced. The cursor is a file's id. */
export async function getLedger(
  grant: Grant,
  uploadId: string,
  page: { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
): Promise<Ledger> {
  const { cursor, limit = defaultPage } = page;
  if (cursor !== undefined && !isFileId(cursor))
    throw new Problem("invalid-request", "This cursor is not from a ledger.");
  const hospital = hospitalOf(grant);
  const found = await readTotals(grant.table, hospital, uploadId);
  if (!found) throw new Problem("not-found", "There is no such upload.");
  const { upload, totals, done } = found;
  const { files, more } = await readFilePage(grant.table, hospital, uploadId, { after: cursor, limit });
  await grant.audit({ hospital, uploadId });
  return {
    uploadId,
    createdAt: upload.createdAt,
    ...(upload.completedAt !== undefined && { completedAt: upload.completedAt }),
    priority: upload.priority,
    encounterClass: upload.encounterClass,
    done,
    announced: upload.fileCount,
    totals,
    files: files.map(ledgerFile),
    ...(more && { next: (files.at(-1) as UploadFileItem).fileId }),
  };
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
    ...(file.release && { release: viewOfRelease(file.release) }),
    ...(file.discarded && { discarded: { ...file.discarded } }),
    updatedAt,
  };
}
