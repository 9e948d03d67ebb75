/** Where single frames lie in Pixel Data (PS3.5 §8 and §A.4), without reading the others. */
import { type ByteRange, FragmentReader, type RangeReader } from "./fragments.ts";
import { bulkRange, numberOf, textOf } from "./json-model.ts";
import type { Header, PixelData } from "./read.ts";
import { DicomRejected } from "./rejected.ts";

export type { ByteRange, RangeReader } from "./fragments.ts";

export interface NativeFrame extends ByteRange {
  /** The frame's first bit within the first byte: not 0 only where Bits Allocated is 1. */
  readonly bitOffset: number;
}

/** Number of Frames; 1 where absent or no count. */
export function frameCount(header: Header): number {
  const frames = numberOf(header.dataset, "00280008") ?? 1;
  return Number.isSafeInteger(frames) && frames > 0 ? frames : 1;
}

/**
 * Bytes of an uncompressed frame.
 *
 * @param frameNumber counts from 1
 * @throws DicomRejected no-pixel-data, no-such-frame, damaged-pixel-data
 */
export function nativeFrame(header: Header, frameNumber: number): NativeFrame {
  const pixelData = pixelDataOf(header, frameNumber);
  const bits = frameBits(header, pixelData);
  const firstBit = (frameNumber - 1) * bits;
  const skipped = Math.floor(firstBit / 8);
  const bitOffset = firstBit % 8;
  const length = Math.ceil((bitOffset + bits) / 8);
  if (pixelData.length === undefined || bits === 0 || skipped + length > pixelData.length)
    throw new DicomRejected("damaged-pixel-data", pixelData.offset, pixelData.tag);
  return { offset: pixelData.offset + skipped, length, bitOffset };
}

function pixelDataOf(header: Header, frameNumber: number): PixelData {
  if (!header.pixelData) throw new DicomRejected("no-pixel-data", header.datasetOffset);
  if (!Number.isInteger(frameNumber) || frameNumber < 1 || frameNumber > frameCount(header))
    throw new DicomRejected("no-such-frame", header.pixelData.offset, header.pixelData.tag);
  return header.pixelData;
}

/** Chrominance shared by neighbours (PS3.3 §C.7.6.3.1.2): samples a pixel takes on average. */
const subsampled: Readonly<Record<string, number>> = {
  YBR_FULL_422: 2,
  YBR_PARTIAL_422: 2,
  YBR_PARTIAL_420: 1.5,
};

/** Bytes uncompressed Pixel Data must have for what the header describes; 0 where it does not describe an image. */
export function describedPixelBytes(header: Header): number {
  return header.pixelData ? Math.ceil((frameBits(header, header.pixelData) * frameCount(header)) / 8) : 0;
}

function frameBits({ dataset }: Header, pixelData: PixelData): number {
  const rows = numberOf(dataset, "00280010") ?? 0;
  const columns = numberOf(dataset, "00280011") ?? 0;
  const declared = numberOf(dataset, "00280002") ?? 1;
  const samples = declared === 3 ? (subsampled[textOf(dataset, "00280004") ?? ""] ?? 3) : declared;
  const bits = { "7FE00008": 32, "7FE00009": 64, "7FE00010": numberOf(dataset, "00280100") ?? 0 };
  return rows * columns * samples * bits[pixelData.tag];
}

/**
 * The fragments of one encapsulated frame, in order. Offset tables are used where they are right; where they are absent or
 * wrong the fragments are walked. Reads headers and tables only, and holds none of the pixels.
 *
 * @param frameNumber counts from 1
 * @throws DicomRejected no-pixel-data, no-such-frame, damaged-pixel-data
 */
export async function encapsulatedFrame(
  header: Header,
  frameNumber: number,
  read: RangeReader,
): Promise<readonly ByteRange[]> {
  const pixelData = pixelDataOf(header, frameNumber);
  if (!pixelData.encapsulated) throw new DicomRejected("damaged-pixel-data", pixelData.offset, pixelData.tag);
  const reader = new FragmentReader(read);
  const table = await reader.fragmentAt(pixelData.offset);
  if (!table) throw new DicomRejected("damaged-pixel-data", pixelData.offset, pixelData.tag);
  const base = table.offset + table.length;
  const found =
    (await byExtendedTable(header, frameNumber, base, reader)) ??
    (await byBasicTable(header, frameNumber, table, reader)) ??
    (await byWalking(header, frameNumber, base, reader));
  if (!found || found.length === 0) throw new DicomRejected("damaged-pixel-data", base, pixelData.tag);
  return found;
}

type Found = Promise<readonly ByteRange[] | undefined>;

/** Extended Offset Table (7FE0,0001) and its lengths (PS3.3 §C.7.6.3.1.8): one fragment a frame. */
async function byExtendedTable(header: Header, frame: number, base: number, reader: FragmentReader): Found {
  const element = header.dataset["7FE00001"];
  const at = (frame - 1) * 8;
  const bulk = bulkRange(element);
  const inline = element?.InlineBinary;
  let entry: Uint8Array | undefined;
  if (bulk && at + 8 <= bulk.length) entry = await reader.bytes(bulk.offset + at, 8);
  else if (inline !== undefined) entry = Buffer.from(inline, "base64").subarray(at, at + 8);
  if (entry?.length !== 8) return undefined;
  const skipped = Number(new DataView(entry.buffer, entry.byteOffset, 8).getBigUint64(0, true));
  const fragment = await reader.fragmentAt(base + skipped);
  return fragment && [fragment];
}

/** Basic Offset Table (PS3.5 §A.4): where each frame starts, counted from after the table. */
async function byBasicTable(header: Header, frame: number, table: ByteRange, reader: FragmentReader): Found {
  const frames = frameCount(header);
  if (table.length !== frames * 4) return undefined;
  const base = table.offset + table.length;
  const [first, start, next] = await Promise.all(
    [0, frame - 1, Math.min(frame, frames - 1)].map((index) => reader.uint32(table.offset + index * 4)),
  );
  if (first !== 0 || start === undefined) return undefined;
  const last = frame === frames;
  if (!last && (next === undefined || next <= start)) return undefined;
  const fragments: ByteRange[] = [];
  const end = last ? Number.POSITIVE_INFINITY : base + (next as number);
  for await (const fragment of reader.walk(base + start)) {
    if (fragment.offset - 8 >= end) break;
    fragments.push(fragment);
  }
  const lastFragment = fragments.at(-1);
  const fits = last || (lastFragment && lastFragment.offset + lastFragment.length === end);
  return fits && fragments.length > 0 ? fragments : undefined;
}

/** A frame starts with a fragment that starts an image; where images have no such mark, every fragment is a frame. */
async function byWalking(header: Header, frame: number, base: number, reader: FragmentReader): Found {
  const single = frameCount(header) === 1 || header.transferSyntax.codec === "video";
  let fragments: ByteRange[] = [];
  let at = 0;
  for await (const fragment of reader.walk(base)) {
    const starts = at === 0 || (!single && (await startsImage(header, fragment, reader)));
    if (starts && at === frame) return fragments;
    if (starts) {
      at++;
      fragments = [];
    }
    fragments.push(fragment);
  }
  return at === frame ? fragments : undefined;
}

/** First bytes of a JPEG, a JPEG 2000 or JPEG XL codestream, or either of those in its file format. */
const imageStarts = ["ffd8ff", "ff4fff51", "ff0a", "0000000c6a502020", "0000000c4a584c20"];
const marked: ReadonlySet<string> = new Set([
  "jpeg",
  "jpeg-lossless",
  "jpeg-ls",
  "jpeg-2000",
  "jpeg-2000-part-2",
  "htj2k",
  "jpeg-xl",
]);

async function startsImage(header: Header, fragment: ByteRange, reader: FragmentReader): Promise<boolean> {
  if (!marked.has(header.transferSyntax.codec)) return true;
  const start = await reader.bytes(fragment.offset, Math.min(8, fragment.length));
  const hex = Buffer.from(start).toString("hex");
  return imageStarts.some((mark) => hex.startsWith(mark));
}
