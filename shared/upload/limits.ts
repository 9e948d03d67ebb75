/** What one upload may hold. Crossing one answers 413 with the limit's name and value, so that a client can split and go on. */
export const uploadLimits = {
  filesPerRequest: 1000,
  filesPerUpload: 10_000,
  /** S3 copies at most 5 GiB in one request, and the archive's copy is one request. */
  fileBytes: 5 * 1024 ** 3,
  partsPerRequest: 100,
  nameLength: 512,
} as const;
export type UploadLimit = keyof typeof uploadLimits;
export type UploadLimits = Readonly<Record<UploadLimit, number>>;

/** Files up to this size are one PUT: on a slow line a lost connection costs at most this much again. */
export const singlePutBytes = 64 * 1024 ** 2;
export const partBytes = 16 * 1024 ** 2;
/** A batch of files on a slow line takes long; the signed checksum makes a URL good for exactly its bytes. */
export const uploadUrlSeconds = 1800;
export const dicomMediaType = "application/dicom";

/** How a file of this size is sent; undefined when it is one PUT. */
export function partsOf(size: number): { readonly partSize: number; readonly parts: number } | undefined {
  if (size <= singlePutBytes) return undefined;
  return { partSize: partBytes, parts: Math.ceil(size / partBytes) };
}

/** Bytes of part `number` (from 1): all parts are equal but the last. */
export function partLength(size: number, number: number): number {
  return Math.min(partBytes, size - (number - 1) * partBytes);
}
