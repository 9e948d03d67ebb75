/** Recognises DICOM and reads the file meta information (PS3.10 §7.1). */
import { characterSetOf } from "./character-sets.ts";
import { ElementCursor, type Encoding, isFault, MoreBytes } from "./element-cursor.ts";
import type { Dataset, Element } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import { isVr } from "./value-representations.ts";
import { type Bytes, readValue } from "./values.ts";

export interface FileMeta {
  readonly meta: Dataset;
  /** First byte of each element, by tag. */
  readonly offsets: ReadonlyMap<string, number>;
  /** First byte of the data set. */
  readonly datasetOffset: number;
  /** The file starts with preamble and `DICM`. */
  readonly part10: boolean;
}

const explicitLittle: Encoding = { explicit: true, little: true };
const prefixLength = 132;
/** Enough to recognise any beginning. */
const beginning = 256;

/** @throws DicomRejected("not-dicom"), MoreBytes where the prefix ends inside */
export function readFileMeta(bytes: Bytes, total: number): FileMeta {
  const read = readMetaToFault(bytes, total);
  if ("error" in read) throw read.error;
  return read;
}

/** As `readFileMeta`, but answers what lies before the fault, and the fault beside it. */
export function readMetaToFault(
  bytes: Bytes,
  total: number,
): FileMeta | (FileMeta & { readonly error: unknown }) {
  const meta: Record<string, Element> = {};
  const offsets = new Map<string, number>();
  const part10 = bytes.buffer.toString("latin1", 128, prefixLength) === "DICM";
  const cursor = new ElementCursor(bytes, total, part10 ? prefixLength : 0);
  const read = () => ({ meta, offsets, datasetOffset: cursor.position, part10 });
  try {
    recognise(bytes, total, part10);
    while (inMeta(cursor)) readMetaElement(cursor, meta, offsets);
    return read();
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ...read(), error };
  }
}

function recognise({ buffer }: Bytes, total: number, part10: boolean): void {
  if (buffer.length < Math.min(beginning, total)) throw new MoreBytes(Math.min(beginning, total));
  if (!part10 && !startsWithMeta(buffer) && guessEncodingAt(buffer, 0) === undefined)
    throw new DicomRejected("not-dicom", 0);
}

function inMeta({ position, total, bytes: { buffer } }: ElementCursor): boolean {
  if (position >= total) return false;
  if (position + 2 > buffer.length && buffer.length < total) throw new MoreBytes(position + 2);
  return buffer[position] === 2 && buffer[position + 1] === 0;
}

function readMetaElement(
  cursor: ElementCursor,
  meta: Record<string, Element>,
  offsets: Map<string, number>,
): void {
  const elementStart = cursor.position;
  cursor.next(cursor.total, explicitLittle);
  const { traits, position: start, element, tag } = cursor;
  const end = cursor.valueEnd(cursor.total);
  if (traits.kind === "items") throw new DicomRejected("damaged-structure", start, tag);
  cursor.need(end, cursor.total);
  cursor.position = end;
  offsets.set(tag, elementStart);
  if (element !== 0)
    meta[tag] = readValue(cursor.bytes, traits, start, end, true, characterSetOf([]), {
      suspects: [],
      decoded: 0,
    });
}

const startsWithMeta = (buffer: Buffer): boolean =>
  buffer[0] === 2 && buffer[1] === 0 && isVr(buffer.toString("latin1", 4, 6));

/**
 * How a data set starting at `at` is written, by its first element, which is of group 0008 in every composite object.
 * Undefined where it looks like no data set.
 */
export function guessEncodingAt(buffer: Buffer, at: number): Encoding | undefined {
  if (at + 8 > buffer.length) return undefined;
  const vr = isVr(buffer.toString("latin1", at + 4, at + 6));
  const littleTag = buffer.readUInt16LE(at) === 8 && buffer.readUInt16LE(at + 2) <= 0x60;
  const bigTag = buffer.readUInt16BE(at) === 8 && buffer.readUInt16BE(at + 2) <= 0x60;
  if (littleTag && vr) return explicitLittle;
  if (bigTag && vr) return { explicit: true, little: false };
  return littleTag && buffer.readUInt32LE(at + 4) <= 1024 ? { explicit: false, little: true } : undefined;
}
