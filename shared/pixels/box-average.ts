/** Reduces an image by averaging boxes of pixels: on stored values, before any window (half the cost of the other order). */
import type { Values } from "./stored-values.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Averages `from.width × from.height` pixels of `samples` values into `to`, which is no larger in either direction. Boxes
 * differ by at most one row or column in size.
 */
export function boxAverage(values: Values, from: Size, to: Size, samples: 1 | 3): Float64Array {
  const out = new Float64Array(to.width * to.height * samples);
  const sums = new Float64Array(from.width * samples);
  for (let y = 0; y < to.height; y++) {
    const top = Math.floor((y * from.height) / to.height);
    const bottom = Math.floor(((y + 1) * from.height) / to.height);
    sums.fill(0);
    for (let row = top; row < bottom; row++) addRow(values, row * sums.length, sums);
    averageColumns(sums, bottom - top, out.subarray(y * to.width * samples), from.width, to.width, samples);
  }
  return out;
}

function addRow(values: Values, start: number, sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[start + i] as number);
}

function averageColumns(
  sums: Float64Array,
  rows: number,
  out: Float64Array,
  from: number,
  to: number,
  samples: number,
): void {
  for (let x = 0; x < to; x++) {
    const left = Math.floor((x * from) / to);
    const right = Math.floor(((x + 1) * from) / to);
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
