/** The picture of an object in a list: a small JPEG of one frame, or why there is none. */
import type { Dataset } from "./attributes.ts";
import { averageFrame, averageRows, boxAverage, reducedSize } from "./box-average.ts";
import { colourDisplay } from "./colour-display.ts";
import { decodeFrame, type Pending } from "./decode-frame.ts";
import { greyDisplay } from "./grey-display.ts";
import {
  type DecodedFrame,
  type PixelElement,
  pixelHeightToWidth,
  readImagePixel,
  type Size,
  type Unavailable,
} from "./image-pixel.ts";
import { encodeJpeg } from "./jpeg.ts";
import { applyPalette } from "./lookup-table.ts";
import { storedValues } from "./stored-values.ts";
import { toGrey } from "./transforms.ts";

export interface Thumbnail extends Size {
  readonly jpeg: Uint8Array;
}

const longSide = 256;
/** By channels. A CT slice is 9 KB then; both stay within 3 of 255 of the lossless picture on average, bar dense text. */
const quality = { 1: 75, 3: 85 } as const;

export interface FrameInput {
  /** With its lookup tables in place: see `withLookupTables`. */
  readonly dataset: Dataset;
  readonly element: PixelElement;
  readonly transferSyntaxUid: string;
  /** As `decodeFrame` takes it. */
  readonly frame: Uint8Array;
  readonly bitOffset?: number;
  /** Which frame it is, from 0: its own window and rescale are used where it has them. */
  readonly index: number;
}

/** Makes the thumbnail of one frame. Never throws on what a file holds. */
export async function renderThumbnail(input: FrameInput): Promise<Thumbnail | Pending | Unavailable> {
  const { dataset, index, bitOffset = 0 } = input;
  const described = readImagePixel(dataset, input.element);
  if ("unavailable" in described) return described;
  const whole = { width: described.columns, height: described.rows };
  const size = reducedSize(whole, pixelHeightToWidth(dataset, index), longSide);
  const atLeast = { width: size.width * 2, height: size.height * 2 };
  const options = { bitOffset, atLeast };
  const decoded = await decodeFrame(input.transferSyntaxUid, described, input.frame, options);
  if (!("bytes" in decoded)) return decoded;

  const image = decoded.signedAfterAll ? { ...decoded.image, signed: true } : decoded.image;
  const picture = reduce(input, { ...decoded, image }, size);
  if ("unavailable" in picture) return picture;
  const { pixels, channels } = picture;
  return { ...size, jpeg: await encodeJpeg(pixels, size, channels, quality[channels]) };
}

interface Picture {
  readonly pixels: Uint8Array;
  readonly channels: 1 | 3;
}

/** Box average first, window after: half the cost, and the same picture but for what a window clips. */
function reduce(
  { dataset, index }: FrameInput,
  { image, bytes }: DecodedFrame,
  size: Size,
): Picture | Unavailable {
  const from = { width: image.columns, height: image.rows };
  if (image.photometric === "PALETTE COLOR") {
    // Indices cannot be averaged; colours can.
    const rgb = applyPalette(dataset, storedValues(image, bytes), image.signed);
    if (rgb === undefined) return { unavailable: "palette" };
    return { pixels: toBytes(boxAverage(rgb, from, size, 3)), channels: 3 };
  }
  if (image.samples === 3) {
    const rgb = colourDisplay(image, averageFrame(image, bytes, size));
    return { pixels: toBytes(rgb), channels: 3 };
  }
  const display = greyDisplay(dataset, image, index, () => storedValues(image, bytes));
  const grey = new Uint8ClampedArray(size.width * size.height);
  averageRows(image, bytes, size, (row, y) => toGrey(row, display, grey, y * size.width));
  return { pixels: new Uint8Array(grey.buffer), channels: 1 };
}

/** Rounds, and cuts what lies beyond black and white. */
function toBytes(values: Float64Array): Uint8Array {
  return new Uint8Array(new Uint8ClampedArray(values).buffer);
}
