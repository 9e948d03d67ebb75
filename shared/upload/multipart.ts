import type { Grant } from "../access/grant.ts";
import type { HospitalItem, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { HospitalUploadSigner } from "../ports.ts";
import type { UploadDependencies } from "./dependencies.ts";
import { dicomMediaType, partsOf } from "./limits.ts";
import { hospitalOf, loadFile, loadHospital, loadUpload } from "./load-upload.ts";
import { landingKeyOf } from "./sign-files.ts";

/** A file that is sent in parts, with everything its routes need. */
export interface LargeFile {
  readonly upload: UploadItem;
  readonly file: UploadFileItem;
  readonly hospital: HospitalItem;
  readonly signer: HospitalUploadSigner;
  readonly landingKey: string;
  readonly parts: number;
  readonly partSize: number;
}

/** Throws Problem("conflict") for a file that is one PUT, KeyUnavailable when the hospital's key is disabled. */
export async function loadLargeFile(
  deps: UploadDependencies,
  grant: Grant,
  uploadId: string,
  fileId: string,
): Promise<LargeFile> {
  const [hospital, upload, file] = await Promise.all([
    loadHospital(grant),
    loadUpload(grant, uploadId),
    loadFile(grant, uploadId, fileId),
  ]);
  await deps.keyState.requireEnabled(hospital.keyArn);
  const parts = partsOf(file.size);
  if (!parts) throw new Problem("conflict", "This file is sent with one PUT; ask POST …/files for its URL.");
  const signer = await deps.signer.forHospital(hospital.hospital, hospital.keyGroup);
  return { upload, file, hospital, signer, landingKey: landingKeyOf(upload, fileId), ...parts };
}

/** The multipart upload of the file, begun when its first part is signed. Two callers at once share one. */
export async function beginMultipart(grant: Grant, large: LargeFile): Promise<string> {
  const { file, signer, landingKey, hospital } = large;
  if (file.multipartId !== undefined) return file.multipartId;
  const multipartId = await signer.createMultipart(landingKey, {
    contentType: dicomMediaType,
    kmsKeyId: hospital.keyArn,
  });
  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.uploadFile(file, file.uploadId, file.fileId),
        set: { multipartId },
        when: [[{ attribute: "multipartId", is: "absent" }]],
      },
      ...grant.auditWrites({ hospital: hospitalOf(grant), uploadId: file.uploadId }),
    ]);
    return multipartId;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    await signer.abortMultipart(landingKey, multipartId);
    const winner = await loadFile(grant, file.uploadId, file.fileId);
    return winner.multipartId as string;
  }
}

/** Unless another one was begun meanwhile. */
export async function forgetMultipart(
  grant: Grant,
  file: UploadFileItem,
  multipartId: string,
): Promise<void> {
  try {
    await grant.table.write([
      {
        op: "update",
        key: keys.uploadFile(file, file.uploadId, file.fileId),
        remove: ["multipartId"],
        when: [[{ attribute: "multipartId", is: "=", value: multipartId }]],
      },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
