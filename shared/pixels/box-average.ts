/** Reduces an image by averaging boxes of pixels: on stored values, before any window (half the cost of the other order). */
import { type ImagePixel, nativeFrameBytes, type Size } from "./image-pixel.ts";
import { rowsAtOnce, sumRows } from "./kernels/sum-rows.ts";
import { storedValues, type Values } from "./stored-values.ts";

/** The sums, column by column, of rows from `top` to before `bottom`; good until the next call. */
type SumStrip = (top: number, bottom: number) => Float64Array | Int32Array;

/** Averages a decoded frame into `to`, which is no larger in either direction; samples by pixel. */
export function averageFrame(image: ImagePixel, bytes: Uint8Array, to: Size): Float64Array {
  const from = { width: image.columns, height: image.rows };
  const { bitsAllocated, samples, columns, rows } = image;
  const most = Math.min(rowsAtOnce(columns), mostSummed);
  const fits = bitsAllocated === 16 && samples === 1 && Math.ceil(rows / to.height) <= most;
  if (!fits || bytes.length < nativeFrameBytes(image))
    return boxAverage(storedValues(image, bytes), from, to, samples);
  const rowBytes = columns * 2;
  const pairs = byPairs(from.width, to.width);
  const strip: SumStrip = (top, bottom) =>
    sumRows(bytes.subarray(top * rowBytes, bottom * rowBytes), columns, bottom - top, image, pairs);
  return average(strip, from, to, samples, pairs ? 2 : 1);
}

/** A sum of fewer than 32768 values of 16 bits fits 32. */
const mostSummed = 32767;

/** Averages `from.width × from.height` pixels of `samples` values into `to`. Boxes differ by at most one row, and one or two columns, in size. */
export function boxAverage(values: Values, from: Size, to: Size, samples: 1 | 3): Float64Array {
  return average(sumValues(values, from.width * samples), from, to, samples, 1);
}

/** Where boxes are many columns wide they begin at even ones, and neighbours may be summed as one. */
const byPairs = (from: number, to: number): boolean => from % 2 === 0 && from >= 8 * to;

/** `columns`: that each of the strip's sums stands for. */
function average(sumStrip: SumStrip, from: Size, to: Size, samples: number, columns: 1 | 2): Float64Array {
  const out = new Float64Array(to.width * to.height * samples);
  const lefts = boxStarts(from.width, to.width, columns);
  for (let y = 0; y < to.height; y++) {
    const top = Math.floor((y * from.height) / to.height);
    const bottom = Math.floor(((y + 1) * from.height) / to.height);
    const sums = sumStrip(top, bottom);
    averageColumns(sums, (bottom - top) * columns, out.subarray(y * to.width * samples), lefts, samples);
  }
  return out;
}

/** The first sum of each box, and the end of the last; sums stand for so many `columns` each. */
function boxStarts(from: number, to: number, columns: 1 | 2): Int32Array {
  const step = byPairs(from, to) ? 2 : 1;
  const starts = Int32Array.from({ length: to + 1 }, (_, x) => Math.floor((x * (from / step)) / to));
  return step === columns ? starts : starts.map((start) => start * step);
}

/** The engine compiles a loop well for up to four kinds of array: the rare ones are made one. */
function sumValues(values: Values, width: number): SumStrip {
  const common =
    values instanceof Uint8Array || values instanceof Int16Array || values instanceof Uint16Array;
  const source = common ? values : Float64Array.from(values);
  const sums = new Float64Array(width);
  return (top, bottom) => {
    sums.fill(0);
    let at = top * width;
    for (let row = top; row < bottom; row++) {
      for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (source[at++] as number);
    }
    return sums;
  };
}

function averageColumns(
  sums: Float64Array | Int32Array,
  rows: number,
  out: Float64Array,
  lefts: Int32Array,
  samples: number,
): void {
  const width = lefts.length - 1;
  for (let x = 0; x < width; x++) {
    const left = lefts[x] as number;
    const right = lefts[x + 1] as number;
    for (let sample = 0; sample < samples; sample++) {
      let sum = 0;
      for (let at = left * samples + sample; at < right * samples; at += samples) sum += sums[at] as number;
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
