/** From native little-endian bytes to stored values: masked to Bits Stored, sign-extended, colour by pixel. */
import type { ImagePixel } from "./image-pixel.ts";

export type Values =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Values of one frame, `rows × columns × samples` of them; 4:2:2 is spread to full resolution. */
export function storedValues(image: ImagePixel, bytes: Uint8Array): Values {
  if (image.bitsAllocated === 1) return unpackBits(image, bytes);
  const values = image.float ? floats(image, bytes) : integers(image, bytes);
  if (image.photometric === "YBR_FULL_422") return spread422(image, values);
  return image.byPlane ? interleave(image, values) : values;
}

function unpackBits({ rows, columns }: ImagePixel, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(rows * columns);
  for (let i = 0; i < out.length; i++) out[i] = ((bytes[i >> 3] as number) >> (i & 7)) & 1;
  return out;
}

function floats(image: ImagePixel, bytes: Uint8Array): Values {
  const { buffer, byteOffset } = aligned(bytes, image.bitsAllocated / 8);
  const count = Math.floor((bytes.length * 8) / image.bitsAllocated);
  return image.bitsAllocated === 32
    ? new Float32Array(buffer, byteOffset, count)
    : new Float64Array(buffer, byteOffset, count);
}

function integers(image: ImagePixel, bytes: Uint8Array): Values {
  const { bitsAllocated, bitsStored, highBit } = image;
  const { buffer, byteOffset } = aligned(bytes, bitsAllocated / 8);
  const count = Math.floor((bytes.length * 8) / bitsAllocated);
  const view = integerView(image, buffer, byteOffset, count);
  if (bitsStored === bitsAllocated) return view;
  const out = view.slice();
  // To the top of a 32-bit word and back: drops what is above High Bit and below the lowest bit, and extends the sign.
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  if (image.signed) for (let i = 0; i < count; i++) out[i] = ((out[i] as number) << up) >> down;
  else for (let i = 0; i < count; i++) out[i] = ((out[i] as number) << up) >>> down;
  return out;
}

function integerView(image: ImagePixel, buffer: ArrayBufferLike, offset: number, count: number) {
  if (image.bitsAllocated === 8) {
    return image.signed ? new Int8Array(buffer, offset, count) : new Uint8Array(buffer, offset, count);
  }
  if (image.bitsAllocated === 16) {
    return image.signed ? new Int16Array(buffer, offset, count) : new Uint16Array(buffer, offset, count);
  }
  return image.signed ? new Int32Array(buffer, offset, count) : new Uint32Array(buffer, offset, count);
}

/** Typed arrays start at a multiple of their unit; a frame inside a file may not, and is copied then. */
function aligned(bytes: Uint8Array, unit: number): Uint8Array {
  // Not slice(): a Buffer's shares its memory.
  return bytes.byteOffset % unit === 0 ? bytes : new Uint8Array(bytes);
}

function interleave({ rows, columns }: ImagePixel, values: Values): Values {
  const plane = rows * columns;
  const out = values.slice();
  for (let i = 0, to = 0; i < plane; i++) {
    out[to++] = values[i] as number;
    out[to++] = values[i + plane] as number;
    out[to++] = values[i + 2 * plane] as number;
  }
  return out;
}

/** Y1 Y2 Cb Cr for two pixels (PS3.3 C.7.6.3.1.2). */
function spread422({ rows, columns }: ImagePixel, values: Values): Values {
  const out = new Uint8Array(rows * columns * 3);
  for (let from = 0, to = 0; to < out.length; from += 4) {
    const [cb, cr] = [values[from + 2] as number, values[from + 3] as number];
    out[to++] = values[from] as number;
    out[to++] = cb;
    out[to++] = cr;
    out[to++] = values[from + 1] as number;
    out[to++] = cb;
    out[to++] = cr;
  }
  return out;
}

/** Smallest and largest value, `except` (pixel padding) left out; undefined when nothing is left. */
export function range(
  values: Values,
  except?: readonly [number, number],
): readonly [number, number] | undefined {
  const [paddingLow, paddingHigh] = except ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value >= paddingLow && value <= paddingHigh) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}
