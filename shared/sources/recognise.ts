/** What a file that is not DICOM is, by its first bytes. */

export const sourceTypes = ["image/jpeg", "image/png", "application/pdf"] as const;
export type SourceType = (typeof sourceTypes)[number];

/** Enough for any of the signatures. */
export const signatureBytes = 8;

const signatures: readonly (readonly [SourceType, readonly number[]])[] = [
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  // %PDF-
  ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

export const sourceTypeOf = (bytes: Uint8Array): SourceType | undefined =>
  signatures.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte))?.[0];

/** A photograph or document is far smaller; it is held in memory while it is made a DICOM object. */
export const largestSource = 64 * 1024 ** 2;
/** Of one photograph; decoded it takes three bytes each. */
export const mostPixels = 64_000_000;

/** The bytes are not what their beginning says, or are cut off. */
export class SourceDamaged extends Error {
  override readonly name = "SourceDamaged";
}
