/** Announces more files of an upload, or signs again what was announced: URLs expire on slow lines. */
import type { Grant } from "../access/grant.ts";
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { AddFilesRequest, FilesReply, ManifestFile } from "../contract/schemas/upload.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Write } from "../ports.ts";
import { checkFiles, requireWithin } from "./check-limits.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { fileItem, filesPerTransaction, inBatches } from "./file-items.ts";
import { hospitalOf, loadHospital, loadUpload, refuseCompleted } from "./load-upload.ts";
import { signFiles } from "./sign-files.ts";

const attempts = 5;

/** New files first, then the ones asked for again. Throws Problem("conflict") once the upload is completed. */
export async function addFiles(
  deps: UploadDependencies,
  grant: Grant,
  uploadId: string,
  { files, fileIds }: AddFilesRequest,
): Promise<FilesReply> {
  requireWithin(deps.limits, "filesPerRequest", files.length + fileIds.length);
  const hospital = await loadHospital(grant);
  await deps.keyCheck.requireEnabled(hospital.keyArn);
  const known = await knownFiles(grant, uploadId, fileIds);
  const { upload, first } = await reserve(deps, grant, uploadId, files);
  const now = deps.clock.now().toISOString();
  const added = files.map((file, index) => fileItem(upload, uploadId, first + index, file, now));
  await announce(grant, upload, added);
  return { uploadId, files: [...(await signFiles(deps, hospital, upload, [...added, ...known]))] };
}

/** Numbers nobody else gives out; unused ones after a crash are only gaps. */
async function reserve(
  deps: UploadDependencies,
  grant: Grant,
  uploadId: string,
  files: readonly ManifestFile[],
): Promise<{ readonly upload: UploadItem; readonly first: number }> {
  for (let attempt = 1; ; attempt++) {
    const upload = await loadUpload(grant, uploadId);
    checkFiles(deps.limits, files, upload.nextFileId);
    if (files.length === 0) return { upload, first: upload.nextFileId };
    refuseCompleted(upload);
    try {
      await grant.table.write([
        {
          op: "update",
          key: keys.upload(upload, uploadId),
          add: { nextFileId: files.length },
          when: [
            [
              { attribute: "nextFileId", is: "=", value: upload.nextFileId },
              { attribute: "completedAt", is: "absent" },
            ],
          ],
        },
      ]);
      return { upload, first: upload.nextFileId };
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === attempts) throw error;
    }
  }
}

/** The upload's count moves in the transaction that adds the files, so the ledger balances at any moment. */
async function announce(grant: Grant, upload: UploadItem, files: readonly UploadFileItem[]): Promise<void> {
  if (files.length === 0) {
    await grant.audit({ hospital: hospitalOf(grant), uploadId: upload.uploadId, detail: "fresh URLs" });
    return;
  }
  for (const batch of inBatches(files, filesPerTransaction)) {
    await grant.table.write([
      {
        op: "update",
        key: keys.upload(upload, upload.uploadId),
        add: { fileCount: batch.length },
        when: [[{ attribute: "completedAt", is: "absent" }]],
      },
      ...batch.map((item): Write => ({ op: "put", item, when: [[{ attribute: "pk", is: "absent" }]] })),
      grant.auditWrite({ hospital: hospitalOf(grant), uploadId: upload.uploadId }),
    ]);
  }
}

async function knownFiles(
  grant: Grant,
  uploadId: string,
  fileIds: readonly string[],
): Promise<readonly UploadFileItem[]> {
  const unique = [...new Set(fileIds)];
  if (unique.length === 0) return [];
  const found = await grant.table.batchGet(
    unique.map((fileId) => keys.uploadFile(hospitalOf(grant), uploadId, fileId)),
    { consistent: true },
  );
  const files = found as readonly UploadFileItem[];
  const missing = unique.filter((fileId) => !files.some((file) => file.fileId === fileId));
  if (missing.length === 0) return files;
  throw new Problem("not-found", "Some of these files were not announced in this upload.", {
    extensions: { fileIds: missing },
  });
}
