/** Reduces an image by averaging boxes of pixels: on stored values, before any window (half the cost of the other order). */
import { type ImagePixel, nativeFrameBytes, type Size } from "./image-pixel.ts";
import { rowSums, rowsAtOnce, thinned } from "./kernels/sum-rows.ts";
import { storedValues, type Values } from "./stored-values.ts";

/** The sums, column by column, of rows from `top` to before `bottom`; good until the next call. */
type SumStrip = (top: number, bottom: number) => Float64Array | Int32Array;

interface Strips {
  readonly sum: SumStrip;
  /** Columns that each sum stands for. */
  readonly columns: 1 | 2;
  /** Rows before this one, as `sum` counts them. */
  readonly rowsBefore: (row: number) => number;
}

/** One row of averages, samples by pixel; good until the next. */
export type TakeRow = (row: Float64Array, y: number) => void;

/**
 * Averages a decoded frame into `to`, which is no larger in either direction, row by row. Where boxes are many rows high, half
 * of the rows are read: an average of 32 pixels and more is as good as one of twice as many, in half the time.
 */
export function averageRows(image: ImagePixel, bytes: Uint8Array, to: Size, take: TakeRow): void {
  const from = { width: image.columns, height: image.rows };
  const { bitsAllocated, samples, columns, rows } = image;
  const most = Math.min(rowsAtOnce(columns), mostSummed);
  const fits = bitsAllocated === 16 && samples === 1 && Math.ceil(rows / to.height) <= most;
  if (!fits || bytes.length < nativeFrameBytes(image)) {
    average(plain(storedValues(image, bytes), from, samples), from, to, samples, take);
    return;
  }
  const [pairs, thin] = [byPairs(from.width, to.width), isHigh(from.height, to.height)];
  const sum = rowSums({ ...image, bytes }, { pairs, thin });
  const strips = { sum, columns: pairs ? 2 : 1, rowsBefore: thin ? thinned.before : everyRow } as const;
  average(strips, from, to, samples, take);
}

/** The same, all rows of it. */
export function averageFrame(image: ImagePixel, bytes: Uint8Array, to: Size): Float64Array {
  return collected(to, image.samples, (take) => averageRows(image, bytes, to, take));
}

/** A sum of fewer than 32768 values of 16 bits fits 32. */
const mostSummed = 32767;
const everyRow = (row: number): number => row;

/** Averages `from.width × from.height` pixels of `samples` values into `to`. Boxes differ by at most one row, and one or two columns, in size. */
export function boxAverage(values: Values, from: Size, to: Size, samples: 1 | 3): Float64Array {
  return collected(to, samples, (take) => average(plain(values, from, samples), from, to, samples, take));
}

const plain = (values: Values, from: Size, samples: number): Strips => ({
  sum: sumValues(values, from.width * samples),
  columns: 1,
  rowsBefore: everyRow,
});

function collected({ width, height }: Size, samples: number, run: (take: TakeRow) => void): Float64Array {
  const all = new Float64Array(width * height * samples);
  run((row, y) => all.set(row, y * row.length));
  return all;
}

/** Where boxes are of whole pairs, or many columns wide and made to begin at even ones, neighbours may be summed as one. */
const byPairs = (from: number, to: number): boolean =>
  from % 2 === 0 && (from >= 8 * to || from % (2 * to) === 0);
const isHigh = (from: number, to: number): boolean => from >= 8 * to;

function average(strips: Strips, from: Size, to: Size, samples: number, take: TakeRow): void {
  const { sum, columns, rowsBefore } = strips;
  const row = new Float64Array(to.width * samples);
  const lefts = boxStarts(from.width, to.width, columns);
  const averageRow = samples === 1 ? averageGrey : averageColumns;
  for (let y = 0; y < to.height; y++) {
    const top = rowsBefore(Math.floor((y * from.height) / to.height));
    const bottom = rowsBefore(Math.floor(((y + 1) * from.height) / to.height));
    averageRow(sum(top, bottom), (bottom - top) * columns, row, lefts, samples);
    take(row, y);
  }
}

/** The first sum of each box, and the end of the last; sums stand for so many `columns` each. */
function boxStarts(from: number, to: number, columns: 1 | 2): Int32Array {
  const step = byPairs(from, to) ? 2 : 1;
  const starts = new Int32Array(to + 1);
  for (let x = 0; x <= to; x++) starts[x] = Math.floor((x * (from / step)) / to) * (step / columns);
  return starts;
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

/** The same for one sample, which is most images, and half the time. */
function averageGrey(
  sums: Float64Array | Int32Array,
  rows: number,
  out: Float64Array,
  lefts: Int32Array,
): void {
  let left = lefts[0] as number;
  for (let x = 1; x < lefts.length; x++) {
    const right = lefts[x] as number;
    let sum = sums[left] as number;
    for (let at = left + 1; at < right; at++) sum += sums[at] as number;
    out[x - 1] = sum / ((right - left) * rows);
    left = right;
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
