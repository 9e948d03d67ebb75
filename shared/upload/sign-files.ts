import type { HospitalItem, UploadFileItem, UploadItem } from "../catalog/items.ts";
import type { FileToSend } from "../contract/schemas/upload.ts";
import { objectKeys } from "../object-keys.ts";
import type { HospitalUploadSigner } from "../ports.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { dicomMediaType, partsOf, singlePutBytes, uploadUrlSeconds } from "./limits.ts";

/** Object key of a file; its priority chooses the queue it arrives through. */
export function landingKeyOf(upload: UploadItem, fileId: string): string {
  const { priority, hospital, uploadId } = upload;
  return objectKeys.landing({ priority, hospital, uploadId, fileId });
}

/**
 * How each file may be sent: by a signed PUT, in parts, or either, as the client's line is. A file that has arrived says so.
 * Throws KeyUnavailable when the hospital's key is disabled: nothing could be stored.
 */
export async function signFiles(
  { signer, keyState }: UploadDependencies,
  hospital: HospitalItem,
  upload: UploadItem,
  files: readonly UploadFileItem[],
): Promise<readonly FileToSend[]> {
  await keyState.requireEnabled(hospital.keyArn);
  const forHospital = await signer.forHospital(hospital.hospital, hospital.keyGroup);
  return Promise.all(files.map((file) => signFile(forHospital, hospital, upload, file)));
}

async function signFile(
  signer: HospitalUploadSigner,
  hospital: HospitalItem,
  upload: UploadItem,
  { fileId, name, state, size, sha256 }: UploadFileItem,
): Promise<FileToSend> {
  if (state !== "awaiting") return { fileId, name, state };
  const parts = partsOf(size);
  const multipart = parts && { multipart: parts };
  if (size > singlePutBytes) return { fileId, name, state, ...multipart };
  const object = { size, sha256, contentType: dicomMediaType, kmsKeyId: hospital.keyArn };
  const put = await signer.signPut(landingKeyOf(upload, fileId), object, uploadUrlSeconds);
  return { fileId, name, state, put: { ...put, headers: { ...put.headers } }, ...multipart };
}
