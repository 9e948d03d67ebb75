/** Reduces an image by averaging boxes of pixels: on stored values, before any window (half the cost of the other order). */
import { type ImagePixel, nativeFrameBytes, type Size } from "./image-pixel.ts";
import { aligned, storedValues, type Values } from "./stored-values.ts";

/** Adds one row of samples to `sums`, which has one place for each. */
type AddRow<Sums> = (row: number, sums: Sums) => void;

/** Averages a decoded frame into `to`, which is no larger in either direction; samples by pixel. */
export function averageFrame(image: ImagePixel, bytes: Uint8Array, to: Size): Float64Array {
  const from = { width: image.columns, height: image.rows };
  const { bitsAllocated, samples } = image;
  // A sum of fewer than 32768 values of 16 bits fits 32.
  const fits = bitsAllocated === 16 && image.rows < 32768 * to.height;
  if (!fits || samples !== 1 || image.columns % 2 === 1 || bytes.length < nativeFrameBytes(image)) {
    return boxAverage(storedValues(image, bytes), from, to, samples);
  }
  return average(addPairs(image, bytes), new Int32Array(image.columns), from, to, samples);
}

/** Averages `from.width × from.height` pixels of `samples` values into `to`. Boxes differ by at most one row or column in size. */
export function boxAverage(values: Values, from: Size, to: Size, samples: 1 | 3): Float64Array {
  return average(addValues(values), new Float64Array(from.width * samples), from, to, samples);
}

function average<Sums extends Float64Array | Int32Array>(
  addRow: AddRow<Sums>,
  sums: Sums,
  from: Size,
  to: Size,
  samples: number,
): Float64Array {
  const out = new Float64Array(to.width * to.height * samples);
  for (let y = 0; y < to.height; y++) {
    const top = Math.floor((y * from.height) / to.height);
    const bottom = Math.floor(((y + 1) * from.height) / to.height);
    sums.fill(0);
    for (let row = top; row < bottom; row++) addRow(row, sums);
    averageColumns(sums, bottom - top, out.subarray(y * to.width * samples), from.width, to.width, samples);
  }
  return out;
}

/**
 * Grey values of 16 bits, two at a time out of 32-bit words and masked on the way: a third of the time of masking first
 * and adding then, which a radiograph of 18 MB notices. The shifts are those of `storedValues`.
 */
function addPairs(
  { columns, highBit, bitsStored, signed }: ImagePixel,
  bytes: Uint8Array,
): AddRow<Int32Array> {
  const { buffer, byteOffset } = aligned(bytes, 4);
  const words = new Int32Array(buffer, byteOffset, bytes.length >> 2);
  const add = signed ? addSigned : addUnsigned;
  return (row, sums) => add(words, (row * columns) >> 1, sums, 15 - highBit, 32 - bitsStored);
}

function addUnsigned(words: Int32Array, start: number, sums: Int32Array, up: number, down: number): void {
  let at = start;
  for (let i = 0; i < sums.length; i += 2) {
    const pair = words[at++] as number;
    sums[i] = (sums[i] as number) + ((pair << (16 + up)) >>> down);
    sums[i + 1] = (sums[i + 1] as number) + ((pair << up) >>> down);
  }
}

function addSigned(words: Int32Array, start: number, sums: Int32Array, up: number, down: number): void {
  let at = start;
  for (let i = 0; i < sums.length; i += 2) {
    const pair = words[at++] as number;
    sums[i] = (sums[i] as number) + ((pair << (16 + up)) >> down);
    sums[i + 1] = (sums[i + 1] as number) + ((pair << up) >> down);
  }
}

/** The engine compiles a loop well for up to four kinds of array: the rare ones are made one. */
function addValues(values: Values): AddRow<Float64Array> {
  const common =
    values instanceof Uint8Array || values instanceof Int16Array || values instanceof Uint16Array;
  const source = common ? values : Float64Array.from(values);
  return (row, sums) => {
    let at = row * sums.length;
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (source[at++] as number);
  };
}

function averageColumns(
  sums: Float64Array | Int32Array,
  rows: number,
  out: Float64Array,
  from: number,
  to: number,
  samples: number,
): void {
  const { floor } = Math;
  for (let x = 0; x < to; x++) {
    const left = floor((x * from) / to);
    const right = floor(((x + 1) * from) / to);
    for (let sample = 0; sample < samples; sample++) {
      let sum = 0;
      for (let column = left; column < right; column++) sum += sums[column * samples + sample] as number;
      out[x * samples + sample] = sum / ((right - left) * rows);
    }
  }
}

/**
 * The size of a picture at most `limit` on its long side, in the object's true proportions: only ever reduced, in both
 * directions. `heightToWidth`: height of one pixel divided by its width.
 */
export function reducedSize(from: Size, heightToWidth: number, limit: number): Size {
  const width = from.width;
  const height = from.height * heightToWidth;
  const scale = Math.min(limit / Math.max(width, height), 1, 1 / heightToWidth);
  const whole = (length: number, max: number): number =>
    Math.max(1, Math.min(Math.round(length * scale), max, limit));
  return { width: whole(width, from.width), height: whole(height, from.height) };
}
