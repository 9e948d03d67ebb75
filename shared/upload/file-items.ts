import type { UploadFileItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { ManifestFile } from "../contract/schemas/upload.ts";

/** A transaction takes 100 writes; two are kept for the upload itself and the audit record. */
export const filesPerTransaction = 98;

export function fileItem(
  hospital: HospitalKey,
  uploadId: string,
  index: number,
  file: ManifestFile,
  now: string,
): UploadFileItem {
  const fileId = String(index);
  return {
    ...keys.uploadFile(hospital, uploadId, fileId),
    type: "upload-file",
    region: hospital.region,
    hospital: hospital.hospital,
    uploadId,
    fileId,
    name: file.name,
    size: file.size,
    sha256: file.sha256,
    ...(file.orderId !== undefined && { orderId: file.orderId }),
    state: "awaiting",
    updatedAt: now,
  };
}

export function inBatches<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
