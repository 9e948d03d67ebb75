/** Makes a corrected copy of bytes that wait in the quarantine bucket, checks that it can be taken in, and puts it beside them. */
import { createHash } from "node:crypto";
import type { Grant } from "../access/grant.ts";
import type { Release } from "../catalog/desk-items.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { checkPixels, type PixelSource } from "../dicom/check-pixels.ts";
import { type Assignment, correctFile } from "../dicom/correct.ts";
import type { OriginalAttributes } from "../dicom/original-attributes.ts";
import { type Header, readHeader } from "../dicom/read.ts";
import { DicomRejected, rejections } from "../dicom/rejected.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import { loadHospital } from "../upload/load-upload.ts";
import { waitingTag } from "./settle.ts";

/** A copy is made in memory, of which a function has little; images that lack an identifier are far smaller. */
export const correctableBytes = 128 * 1024 * 1024;

export interface Original {
  readonly ref: ObjectRef;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Throws Problem("too-large") with the limit. */
export async function readOriginal(grant: Grant, ref: ObjectRef, size: number): Promise<Original> {
  if (size > correctableBytes)
    throw new Problem("too-large", "Files over 128 MiB cannot be corrected here. Export it again.", {
      extensions: { limit: "correctableBytes", value: correctableBytes, asked: size },
    });
  const bytes = await grant.objects.read(ref);
  return { ref, bytes, sha256: sha256Hex(bytes) };
}

/**
 * The copy lies in the quarantine bucket when this returns; it counts for nothing until a release names it. Throws
 * Problem("conflict") that says what is still wrong with it.
 */
export async function makeCorrectedCopy(
  grant: Grant,
  file: UploadFileItem,
  original: Original,
  assignments: readonly Assignment[],
  change: OriginalAttributes,
): Promise<Required<Pick<Release, "object" | "correctedFrom">>> {
  const copy = await checked(original.bytes, assignments, change);
  const sha256 = sha256Hex(copy);
  const key = objectKeys.corrected(file, file.uploadId, file.fileId, sha256);
  const { keyArn } = await loadHospital(grant);
  const ref = { bucket: "quarantine", key } as const;
  await grant.objects.put(ref, copy, { contentType: dicomMediaType, kmsKeyId: keyArn });
  await grant.objects.tag(ref, waitingTag);
  return {
    object: { key, sha256, size: copy.length },
    correctedFrom: {
      key: original.ref.key,
      sha256: original.sha256,
      attributes: assignments.map(({ tag }) => tag).sort(),
    },
  };
}

async function checked(
  bytes: Uint8Array,
  assignments: readonly Assignment[],
  change: OriginalAttributes,
): Promise<Uint8Array> {
  try {
    const copy = correctFile(bytes, assignments, change);
    await checkPixels(wholeHeader(copy), sourceOf(copy));
    return copy;
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    const { code, offset, attribute } = error;
    throw new Problem("conflict", `Corrected so, it still cannot be taken in. ${rejections[code].en}`, {
      cause: error,
      extensions: { reason: { code, offset, ...(attribute !== undefined && { attribute }) } },
    });
  }
}

/** The header of a file that is here whole. Throws DicomRejected. */
export function wholeHeader(bytes: Uint8Array): Header {
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The reader asks for bytes it has");
  return header;
}

const sourceOf = (bytes: Uint8Array): PixelSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
  stream: async (offset) => once(bytes.subarray(offset)),
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
