/** Announces an upload: who sends which bytes. Nothing is stored that was not announced. */
import type { Grant } from "../access/grant.ts";
import type { UploadFileItem, UploadItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { CreateUploadRequest, FilesReply } from "../contract/schemas/upload.ts";
import type { Item, Write } from "../ports.ts";
import { checkFiles } from "./check-limits.ts";
import { checkOrders } from "./check-orders.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { fileItem, inBatches } from "./file-items.ts";
import { hospitalOf, loadHospital } from "./load-upload.ts";
import { signFiles } from "./sign-files.ts";

const writesPerTransaction = 100;

/**
 * `uploadId`: a ULID. Asking again under the same one signs the same files again, so a repeated request announces nothing
 * twice. Throws Problem("too-large") with the limit, KeyUnavailable when the hospital's key is disabled.
 */
export async function createUpload(
  deps: UploadDependencies,
  grant: Grant,
  uploadId: string,
  request: CreateUploadRequest,
): Promise<FilesReply> {
  checkFiles(deps.limits, request.files, 0);
  await checkOrders(grant, request.files);
  const hospital = await loadHospital(grant);
  await deps.keyState.requireEnabled(hospital.keyArn);
  const announced = await announce(deps, grant, uploadId, request);
  return { uploadId, files: [...(await signFiles(deps, hospital, announced.upload, announced.files))] };
}

interface Announced {
  readonly upload: UploadItem;
  readonly files: readonly UploadFileItem[];
}

async function announce(
  { clock }: UploadDependencies,
  grant: Grant,
  uploadId: string,
  request: CreateUploadRequest,
): Promise<Announced> {
  const owner = hospitalOf(grant);
  const known = await grant.table.get(keys.upload(owner, uploadId), { consistent: true });
  if (known) {
    const ids = request.files.map((_, index) => keys.uploadFile(owner, uploadId, String(index)));
    const files = await grant.table.batchGet(ids, { consistent: true });
    return { upload: known as UploadItem, files: files as readonly UploadFileItem[] };
  }
  const upload = uploadItem(owner, uploadId, grant.caller.principal.id, clock.now(), request);
  const files = request.files.map((file, index) => fileItem(owner, uploadId, index, file, upload.createdAt));
  await write(grant, upload, files);
  return { upload, files };
}

function uploadItem(
  { region, hospital }: HospitalKey,
  uploadId: string,
  createdBy: string,
  now: Date,
  { priority, encounterClass, expected, files }: CreateUploadRequest,
): UploadItem {
  return {
    ...keys.upload({ region, hospital }, uploadId),
    type: "upload",
    region,
    hospital,
    uploadId,
    createdBy,
    createdAt: now.toISOString(),
    priority,
    encounterClass,
    fileCount: files.length,
    nextFileId: files.length,
    ...(expected && { expected }),
  };
}

/** The upload itself last: until then nobody can see it, so a request that died half way announced nothing. */
async function write(grant: Grant, upload: UploadItem, files: readonly UploadFileItem[]): Promise<void> {
  const puts = files.map((item): Write => ({ op: "put", item }));
  for (const batch of inBatches(puts, writesPerTransaction)) await grant.table.write(batch);
  await grant.table.write([
    { op: "put", item: upload, when: [[{ attribute: "pk", is: "absent" }]] },
    { op: "put", item: listItem(upload) },
    ...expectationItems(upload).map((item): Write => ({ op: "put", item })),
    ...grant.auditWrites({ hospital: hospitalOf(grant), uploadId: upload.uploadId }),
  ]);
}

/** By which a hospital's uploads are listed. */
export function listItem({
  region,
  hospital,
  uploadId,
  createdAt,
  createdBy,
  priority,
  encounterClass,
}: UploadItem) {
  const key = keys.uploadList({ region, hospital }, uploadId);
  const shown = { uploadId, createdAt, createdBy, priority, encounterClass };
  return { ...key, type: "upload-list", region, hospital, ...shown };
}

/** In the study's partition, so that its reader finds "of 300" beside the counters. */
function expectationItems({ region, hospital, uploadId, createdAt, expected = [] }: UploadItem): Item[] {
  const largest = new Map<string, number>();
  for (const { studyUid, instances } of expected)
    largest.set(studyUid, Math.max(instances, largest.get(studyUid) ?? 0));
  return [...largest].map(([studyUid, instances]) => ({
    ...keys.expectation({ region, hospital, studyUid }, uploadId),
    type: "expectation",
    region,
    hospital,
    studyUid,
    uploadId,
    instances,
    createdAt,
  }));
}
