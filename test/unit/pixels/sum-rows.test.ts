import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { rowSums, rowsAtOnce, thinned } from "../../../shared/pixels/kernels/sum-rows.ts";

/** What the kernel is to answer, one pixel after the other. */
function summed(
  pixels: Uint16Array,
  columns: number,
  rows: number,
  { signed, bitsStored, highBit }: { signed: boolean; bitsStored: number; highBit: number },
): number[] {
  const sums = Array<number>(columns).fill(0);
  for (let i = 0; i < columns * rows; i++) {
    const up = (pixels[i] as number) << (31 - highBit);
    const column = i % columns;
    sums[column] = (sums[column] as number) + (signed ? up >> (32 - bitsStored) : up >>> (32 - bitsStored));
  }
  return sums;
}

const strip = fc
  .record({
    columns: fc.integer({ min: 1, max: 70 }),
    rows: fc.integer({ min: 1, max: 20 }),
    signed: fc.boolean(),
    bitsStored: fc.integer({ min: 1, max: 16 }),
    spare: fc.nat(15),
    offset: fc.nat(3),
  })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.uint16Array({ minLength: shape.columns * shape.rows, maxLength: shape.columns * shape.rows }),
    ),
  );

describe("the kernel that sums rows", () => {
  it("answers what one pixel after the other does, for every width, depth, sign and place in memory", () => {
    fc.assert(
      fc.property(strip, ([{ columns, rows, signed, bitsStored, spare, offset }, pixels]) => {
        const sample = { signed, bitsStored, highBit: Math.min(15, bitsStored - 1 + spare) };
        const inFile = new Uint8Array(pixels.byteLength + offset);
        inFile.set(new Uint8Array(pixels.buffer), offset);
        const image = { bytes: inFile.subarray(offset), columns, rows, ...sample };
        const sums = rowSums(image, { pairs: false, thin: false })(0, rows);
        const expected = summed(pixels, columns, rows, sample);
        expect([...sums.subarray(0, columns)]).toEqual(expected);
        if (columns % 2 === 1) return;
        const pairs = expected.flatMap((sum, i) => (i % 2 === 0 ? [sum + (expected[i + 1] as number)] : []));
        const inPairs = rowSums(image, { pairs: true, thin: false })(0, rows);
        expect([...inPairs.subarray(0, columns / 2)]).toEqual(pairs);
      }),
      { numRuns: 300 },
    );
  });

  it("takes as many rows at once as it says", () => {
    for (const columns of [1, 511, 65535]) {
      const rows = Math.min(rowsAtOnce(columns), 3000);
      expect(rows).toBeGreaterThan(0);
      const sample = { signed: false, bitsStored: 16, highBit: 15 };
      const bytes = new Uint8Array(columns * rows * 2).fill(1);
      const sums = rowSums({ bytes, columns, rows, ...sample }, { pairs: false, thin: false })(0, rows);
      expect(sums.subarray(0, columns).every((sum) => sum === 257 * rows)).toBe(true);
    }
  });

  it("counts the rows that are left of an image as it finds them, strip after strip", () => {
    const [columns, rows] = [5000, 203];
    const left = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => row % 4 === 0 || row % 4 === 3,
    );
    expect(left.map((_, n) => thinned.row(n))).toEqual(left);
    const counted = Array.from({ length: rows + 1 }, (_, row) => left.filter((one) => one < row).length);
    expect(counted.map((_, row) => thinned.before(row))).toEqual(counted);
    const values = Uint16Array.from({ length: columns * rows }, (_, i) => Math.floor(i / columns) * 7);
    const bytes = new Uint8Array(values.buffer);
    const image = { bytes, columns, rows, signed: false, bitsStored: 16, highBit: 15 };
    const sum = rowSums(image, { pairs: false, thin: true });
    for (let top = 0; top < left.length; top += 6) {
      const strip = left.slice(top, top + 6);
      const sums = sum(top, top + strip.length).subarray(0, columns);
      expect(new Set(sums)).toEqual(new Set([strip.reduce((all, row) => all + 7 * row, 0)]));
    }
  });
});
