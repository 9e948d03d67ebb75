/** Announces more files of an upload, or signs again what was announced: URLs expire on slow lines. */
import type { Grant } from "../access/grant.ts";
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { AddFilesRequest, FilesReply, ManifestFile } from "../contract/schemas/upload.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Write } from "../ports.ts";
import { checkFiles, requireWithin } from "./check-limits.ts";
import { checkOrders } from "./check-orders.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { fileItem, filesPerTransaction, inBatches } from "./file-items.ts";
import { hospitalOf, loadHospital, loadUpload, refuseCompleted } from "./load-upload.ts";
import { signFiles } from "./sign-files.ts";

const attempts = 5;

/**
 * New files first, then the ones asked for again. Asking again under the same `requestId` announces nothing twice. Throws
 * Problem("conflict") once the upload is completed.
 */
export async function addFiles(
  deps: UploadDependencies,
  grant: Grant,
  { uploadId, requestId }: { readonly uploadId: string; readonly requestId: string },
  { files, fileIds }: AddFilesRequest,
): Promise<FilesReply> {
  requireWithin(deps.limits, "filesPerRequest", files.length + fileIds.length);
  await checkOrders(grant, files);
  const hospital = await loadHospital(grant);
  await deps.keyState.requireEnabled(hospital.keyArn);
  const upload = await loadUpload(grant, uploadId);
  const known = await knownFiles(grant, uploadId, fileIds);
  const added = files.length === 0 ? [] : await announce(deps, grant, { upload, requestId }, files);
  if (added.length === 0) await grant.audit({ hospital: hospitalOf(grant), uploadId, detail: "fresh URLs" });
  return { uploadId, files: [...(await signFiles(deps, hospital, upload, [...added, ...known]))] };
}

interface Request {
  readonly upload: UploadItem;
  readonly requestId: string;
}

async function announce(
  deps: UploadDependencies,
  grant: Grant,
  request: Request,
  files: readonly ManifestFile[],
): Promise<readonly UploadFileItem[]> {
  const { upload } = request;
  const first = await reserve(deps, grant, request, files);
  const now = deps.clock.now().toISOString();
  const wanted = files.map((file, index) => fileItem(upload, upload.uploadId, first + index, file, now));
  const ids = wanted.map(({ fileId }) => keys.uploadFile(upload, upload.uploadId, fileId));
  const there = (await grant.table.batchGet(ids, { consistent: true })) as readonly UploadFileItem[];
  const byId = new Map(there.map((file) => [file.fileId, file]));
  const missing = wanted.filter(({ fileId }) => !byId.has(fileId));
  await write(grant, upload, missing);
  return wanted.map((file) => byId.get(file.fileId) ?? file);
}

/** Numbers nobody else gives out, the same for a repeated request; unused ones after a crash are only gaps. */
async function reserve(
  deps: UploadDependencies,
  grant: Grant,
  { upload: { region, hospital, uploadId }, requestId }: Request,
  files: readonly ManifestFile[],
): Promise<number> {
  const owner = { region, hospital };
  const requestKey = keys.uploadRequest(owner, uploadId, requestId);
  for (let attempt = 1; ; attempt++) {
    const reserved = await grant.table.get(requestKey, { consistent: true });
    if (reserved) return reserved.first as number;
    const { nextFileId: first, completedAt } = await loadUpload(grant, uploadId);
    refuseCompleted(completedAt);
    checkFiles(deps.limits, files, first);
    try {
      await grant.table.write([
        {
          op: "update",
          key: keys.upload(owner, uploadId),
          add: { nextFileId: files.length },
          when: [
            [
              { attribute: "nextFileId", is: "=", value: first },
              { attribute: "completedAt", is: "absent" },
            ],
          ],
        },
        {
          op: "put",
          item: { ...requestKey, type: "upload-request", ...owner, uploadId, requestId, first },
          when: [[{ attribute: "pk", is: "absent" }]],
        },
      ]);
      return first;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === attempts) throw error;
    }
  }
}

/** The upload's count moves in the transaction that adds the files, so the ledger balances at any moment. */
async function write(grant: Grant, upload: UploadItem, files: readonly UploadFileItem[]): Promise<void> {
  for (const batch of inBatches(files, filesPerTransaction)) {
    await grant.table.write([
      {
        op: "update",
        key: keys.upload(upload, upload.uploadId),
        add: { fileCount: batch.length },
        when: [[{ attribute: "completedAt", is: "absent" }]],
      },
      ...batch.map((item): Write => ({ op: "put", item, when: [[{ attribute: "pk", is: "absent" }]] })),
      ...grant.auditWrites({ hospital: hospitalOf(grant), uploadId: upload.uploadId }),
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
