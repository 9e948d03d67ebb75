/** The Image Pixel module (PS3.3 C.7.6.3) of an object, checked: what is needed to find and read its frames. */
import { type Dataset, frameScopes, number, numbers, text } from "./attributes.ts";

/** Why an object that has pixel data gives no picture. These words are stored in the catalog. */
export const unavailableReasons = [
  "rows-or-columns",
  "number-of-frames",
  "bits-allocated",
  "bits-stored",
  "samples-per-pixel",
  "photometric-interpretation",
  "palette",
  "frame-too-large",
  "pixel-data-too-short",
  "pixel-data-structure",
  /** Millions of items, empty or nearly so. */
  "too-many-fragments",
  "corrupt-stream",
  /** The compressed stream says another size than the object. */
  "stream-size",
  /** The stream is of a kind no codec here reads: more than 16 bits, components of unlike size, thousands of tiles or scans. */
  "stream-features",
] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];
export interface Unavailable {
  readonly unavailable: UnavailableReason;
}

export interface ImagePixel {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Float or Double Float Pixel Data: IEEE 754 values of `bitsAllocated` bits. */
  readonly float: boolean;
  /** Planar Configuration 1: all of one colour, then all of the next. */
  readonly byPlane: boolean;
  /** VR of the pixel data: OW bytes are swapped in pairs in big endian files. */
  readonly vr: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One frame decoded: native little-endian bytes, and what describes them, which need not be what the object declares. */
export interface DecodedFrame {
  readonly image: ImagePixel;
  readonly bytes: Uint8Array;
  /** The stream says that values are signed where the object says they are not: right for showing them. */
  readonly signedAfterAll?: boolean;
}

const samplesOf = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  "PALETTE COLOR": 1,
  RGB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_RCT: 3,
  YBR_ICT: 3,
} as const satisfies Record<string, 1 | 3>;
export type Photometric = keyof typeof samplesOf;

/** Decoded bytes of one frame above this are refused: with its copies it would not fit beside a function's gigabyte. */
export const maxFrameBytes = 128 * 1024 * 1024;

/** The attribute that holds the frames, and the VR it was written with. */
export interface PixelElement {
  /** Pixel Data, Float Pixel Data or Double Float Pixel Data. */
  readonly tag: "7FE00010" | "7FE00008" | "7FE00009";
  readonly vr: string;
}

/** Reads the module; the answer names the first attribute that makes the frames unreadable. */
export function readImagePixel(dataset: Dataset, element: PixelElement): ImagePixel | Unavailable {
  const rows = number(dataset, "00280010") ?? 0;
  const columns = number(dataset, "00280011") ?? 0;
  if (!isCount(rows, 65535) || !isCount(columns, 65535)) return { unavailable: "rows-or-columns" };

  const frames = framesOf(dataset);
  if (!isCount(frames, 0x7fffffff)) return { unavailable: "number-of-frames" };

  const photometric = (text(dataset, "00280004") ?? "MONOCHROME2").toUpperCase();
  if (!isPhotometric(photometric)) return { unavailable: "photometric-interpretation" };
  const samples = number(dataset, "00280002") ?? samplesOf[photometric];
  if (samples !== samplesOf[photometric]) return { unavailable: "samples-per-pixel" };

  const bits = readBits(dataset, element);
  if ("unavailable" in bits) return bits;
  if (photometric === "YBR_FULL_422" && bits.bitsAllocated !== 8) return { unavailable: "bits-allocated" };
  const image: ImagePixel = {
    rows,
    columns,
    frames,
    samples: samplesOf[photometric],
    photometric,
    ...bits,
    byPlane: samples === 3 && number(dataset, "00280006") === 1,
    vr: element.vr,
  };
  return nativeFrameBytes(image) > maxFrameBytes ? { unavailable: "frame-too-large" } : image;
}

/** A count of none, or below, is no count: writers of single images leave 0. NaN where it is no number. */
function framesOf(dataset: Dataset): number {
  if (!dataset["00280008"]?.Value?.length) return 1;
  return Math.max(1, number(dataset, "00280008") ?? Number.NaN);
}

type Bits = Pick<ImagePixel, "bitsAllocated" | "bitsStored" | "highBit" | "signed" | "float">;

function readBits(dataset: Dataset, { tag }: PixelElement): Bits | Unavailable {
  const bitsAllocated = number(dataset, "00280100");
  const float = tag !== "7FE00010";
  if (float) {
    const width = tag === "7FE00008" ? 32 : 64;
    return { bitsAllocated: width, bitsStored: width, highBit: width - 1, signed: true, float };
  }
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    return { unavailable: "bits-allocated" };
  }
  const bitsStored = number(dataset, "00280101") ?? bitsAllocated;
  if (!isCount(bitsStored, bitsAllocated)) return { unavailable: "bits-stored" };
  const declared = number(dataset, "00280102") ?? bitsStored - 1;
  const highBit = declared >= bitsStored - 1 && declared < bitsAllocated ? declared : bitsStored - 1;
  return { bitsAllocated, bitsStored, highBit, signed: number(dataset, "00280103") === 1, float };
}

/** Bytes of one uncompressed frame; a 1-bit frame is counted to the next whole byte. */
export function nativeFrameBytes(image: ImagePixel): number {
  return Math.ceil(nativeFrameBits(image) / 8);
}

function nativeFrameBits({ rows, columns, samples, bitsAllocated, photometric }: ImagePixel): number {
  // PS3.3 C.7.6.3.1.2: YBR_FULL_422 keeps two samples a pixel.
  const stored = photometric === "YBR_FULL_422" ? 2 : samples;
  return rows * columns * stored * bitsAllocated;
}

/** Where frame `index` (from 0) lies in uncompressed Pixel Data. 1-bit frames follow each other without padding (PS3.5 §8.1.1). */
export interface FrameLocation {
  /** Even: big endian bytes are swapped in pairs. */
  readonly offset: number;
  readonly length: number;
  /** Bits to skip before the first pixel, fewer than 16. */
  readonly bitOffset: number;
}

export function nativeFrameLocation(
  image: ImagePixel,
  index: number,
  pixelDataLength: number,
): FrameLocation | Unavailable {
  const bits = nativeFrameBits(image);
  const start = bits * index;
  const end = Math.ceil((start + bits) / 8);
  if (end > pixelDataLength) return { unavailable: "pixel-data-too-short" };
  const offset = Math.floor(start / 16) * 2;
  return { offset, length: Math.min(end + (end % 2), pixelDataLength) - offset, bitOffset: start % 16 };
}

/** The frame that stands for a multi-frame object, from 0: the middle one, where the anatomy is. */
export function representativeFrame(frames: number): number {
  return Math.floor(frames / 2);
}

/** Height of a pixel divided by its width; 1 where the object does not say (PS3.3 C.7.6.3.1.7). */
export function pixelHeightToWidth(dataset: Dataset, frame: number): number {
  const [measures = dataset] = frameScopes(dataset, frame, "00289110");
  const candidates = [
    numbers(dataset, "00280034"),
    numbers(measures, "00280030"),
    numbers(dataset, "00181164"),
    numbers(dataset, "00182010"),
  ];
  const [vertical = 1, horizontal = 1] = candidates.find((pair) => pair.length === 2) ?? [];
  const ratio = vertical / horizontal;
  // A ratio beyond this is a mistake in the file, and would leave a picture of a few pixels.
  return ratio > 1 / 16 && ratio < 16 ? ratio : 1;
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= max;
}

function isPhotometric(value: string): value is Photometric {
  return Object.hasOwn(samplesOf, value);
}
