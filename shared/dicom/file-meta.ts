/** Recognises DICOM and reads the file meta information (PS3.10 §7.1). */
import { characterSetOf } from "./character-sets.ts";
import { ElementCursor, type Encoding, MoreBytes } from "./element-cursor.ts";
import type { Dataset, Element } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import { isVr } from "./value-representations.ts";
import { type Bytes, readValue } from "./values.ts";

export interface FileMeta {
  readonly meta: Dataset;
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
  const { buffer } = bytes;
  if (buffer.length < Math.min(beginning, total)) throw new MoreBytes(Math.min(beginning, total));
  const part10 = buffer.toString("latin1", 128, prefixLength) === "DICM";
  const start = part10 ? prefixLength : 0;
  if (!part10 && !startsWithMeta(buffer) && guessEncodingAt(buffer, 0) === undefined)
    throw new DicomRejected("not-dicom", 0);
  const cursor = new ElementCursor(bytes, total, start);
  const meta: Record<string, Element> = {};
  while (inMeta(cursor)) readMetaElement(cursor, meta);
  return { meta, datasetOffset: cursor.position, part10 };
}

function inMeta({ position, total, bytes: { buffer } }: ElementCursor): boolean {
  if (position >= total) return false;
  if (position + 2 > buffer.length && buffer.length < total) throw new MoreBytes(position + 2);
  return buffer[position] === 2 && buffer[position + 1] === 0;
}

function readMetaElement(cursor: ElementCursor, meta: Record<string, Element>): void {
  cursor.next(cursor.total, explicitLittle);
  const { traits, position: start, element, tag } = cursor;
  const end = cursor.valueEnd(cursor.total);
  if (traits.kind === "items") throw new DicomRejected("damaged-structure", start, tag);
  cursor.need(end, cursor.total);
  cursor.position = end;
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
