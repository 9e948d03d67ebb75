/**
 * The forward cosine transform of a block of 8 × 8, after Arai, Agui and Nakajima (1988): five multiplications a line, its
 * results larger by factors that quantization takes out (`dctScale`).
 */

const c4 = Math.cos(Math.PI / 4);
const c6 = Math.cos((3 * Math.PI) / 8);
const c2MinusC6 = Math.cos(Math.PI / 8) - c6;
const c2PlusC6 = Math.cos(Math.PI / 8) + c6;

/** By row or column: 1/√8 for the first, else cos(kπ/16)·½, both over the factor that the transform leaves in. */
const scale = Array.from({ length: 8 }, (_, k) => (k === 0 ? 1 : Math.cos((k * Math.PI) / 16) * Math.SQRT2));

/** By which a coefficient at (row, column) of a transformed block is too large. */
export const dctScale = (row: number, column: number): number =>
  8 * (scale[row] as number) * (scale[column] as number);

/** Transforms the block in place: its rows, then its columns. */
export function forwardDct(block: Float64Array): void {
  for (let row = 0; row < 64; row += 8) transformLine(block, row, 1);
  for (let column = 0; column < 8; column++) transformLine(block, column, 8);
}

function transformLine(block: Float64Array, at: number, step: number): void {
  const a = block[at] as number;
  const b = block[at + step] as number;
  const c = block[at + 2 * step] as number;
  const d = block[at + 3 * step] as number;
  const e = block[at + 4 * step] as number;
  const f = block[at + 5 * step] as number;
  const g = block[at + 6 * step] as number;
  const h = block[at + 7 * step] as number;
  const evenSum = a + h + d + e;
  const evenDifference = a + h - d - e;
  const oddSum = b + g + c + f;
  const turned = (b + g - c - f + evenDifference) * c4;
  block[at] = evenSum + oddSum;
  block[at + 4 * step] = evenSum - oddSum;
  block[at + 2 * step] = evenDifference + turned;
  block[at + 6 * step] = evenDifference - turned;
  const first = d - e + c - f;
  const last = b - g + a - h;
  const middle = (c - f + b - g) * c4;
  const shared = (first - last) * c6;
  const low = c2MinusC6 * first + shared;
  const high = c2PlusC6 * last + shared;
  const sum = a - h + middle;
  const difference = a - h - middle;
  block[at + 5 * step] = difference + low;
  block[at + 3 * step] = difference - low;
  block[at + step] = sum + high;
  block[at + 7 * step] = sum - high;
}
