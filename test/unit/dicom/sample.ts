/** A small valid object, and ways to bend it. */
import { type Header, readHeader } from "../../../shared/dicom/read.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import { type WriteElement, type WriteOptions, writePart10 } from "../../../shared/dicom/write.ts";

export const identity: readonly WriteElement[] = [
  { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
  { tag: "00080018", vr: "UI", value: "1.2.3.4" },
  { tag: "0020000D", vr: "UI", value: "1.2.3" },
  { tag: "0020000E", vr: "UI", value: "1.2.3.1" },
];
export const pixels: WriteElement = { tag: "7FE00010", vr: "OW", value: new Uint8Array(8) };

export const sample = (more: readonly WriteElement[] = [], options: WriteOptions = {}): Uint8Array =>
  writePart10([...identity, ...more], options);

/** The header of a whole file. */
export function headerOf(bytes: Uint8Array): Header {
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("a whole file needs no more bytes");
  return header;
}

/** The rejection of a whole file; undefined where it is taken. */
export function rejectionOf(bytes: Uint8Array): DicomRejected | undefined {
  try {
    headerOf(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof DicomRejected) return error;
    throw error;
  }
}

/** Concatenates bytes given as numbers, ASCII text or arrays. */
export function bytesOf(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...part].map((character) => character.charCodeAt(0)) : [...part];
    }),
  );
}

export const uint32 = (value: number, littleEndian = true): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, littleEndian);
  return bytes;
};

const tagOf = (tag: string): Uint8Array =>
  Uint8Array.from([2, 0, 6, 4].map((at) => Number.parseInt(tag.slice(at, at + 2), 16)));

/** An element in implicit VR little endian. */
export const implicitElement = (tag: string, value: Uint8Array | string): Uint8Array => {
  const bytes = typeof value === "string" ? bytesOf(value) : value;
  return bytesOf(tagOf(tag), uint32(bytes.length), bytes);
};

/** An element header in explicit VR little endian with a 32-bit length, and whatever follows. */
export const longElement = (tag: string, vr: string, length: number, value: Uint8Array): Uint8Array =>
  bytesOf(tagOf(tag), vr, 0, 0, uint32(length), value);

/** Preamble and file meta information of a transfer syntax, then the data set as given. */
export function part10(transferSyntaxUid: string, dataset: Uint8Array): Uint8Array {
  const written = writePart10([...identity], { transferSyntaxUid });
  return bytesOf(written.subarray(0, headerOf10(written)), dataset);
}

/** Offset of the data set: after the group length's count of bytes (PS3.10 §7.1). */
function headerOf10(written: Uint8Array): number {
  return 144 + new DataView(written.buffer).getUint32(140, true);
}

/** The data set of a file this project wrote. */
export const datasetBytes = (written: Uint8Array): Uint8Array => written.subarray(headerOf10(written));
