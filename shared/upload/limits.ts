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

/** Files up to this size may be one PUT, which ingest need not hash again: S3 has checked the whole. */
export const singlePutBytes = 64 * 1024 ** 2;
/** What a lost connection costs at most again, where a file goes in parts: half a minute of 2 Mbit/s. */
export const partBytes = 8 * 1024 ** 2;
/** A batch of files on a slow line takes long; the signed checksum makes a URL good for exactly its bytes. */
export const uploadUrlSeconds = 1800;
export const dicomMediaType = "application/dicom";

/** The parts a file of this size may be sent in; undefined when it is smaller than one. */
export function partsOf(size: number): { readonly partSize: number; readonly parts: number } | undefined {
  if (size <= partBytes) return undefined;
  return { partSize: partBytes, parts: Math.ceil(size / partBytes) };
}

/** Bytes of part `number` (from 1): all parts are equal but the last. */
export function partLength(size: number, number: number): number {
  return Math.min(partBytes, size - (number - 1) * partBytes);
}
