import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { rowsAtOnce, sumRows } from "../../../shared/pixels/kernels/sum-rows.ts";

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
        const sums = sumRows(inFile.subarray(offset), columns, rows, sample);
        const expected = summed(pixels, columns, rows, sample);
        expect([...sums]).toEqual(expected);
        if (columns % 2 === 1) return;
        const pairs = expected.flatMap((sum, i) => (i % 2 === 0 ? [sum + (expected[i + 1] as number)] : []));
        expect([...sumRows(inFile.subarray(offset), columns, rows, sample, true)]).toEqual(pairs);
      }),
      { numRuns: 300 },
    );
  });

  it("takes as many rows at once as it says", () => {
    for (const columns of [1, 511, 65535]) {
      const rows = Math.min(rowsAtOnce(columns), 3000);
      expect(rows).toBeGreaterThan(0);
      const sample = { signed: false, bitsStored: 16, highBit: 15 };
      const sums = sumRows(new Uint8Array(columns * rows * 2).fill(1), columns, rows, sample);
      expect(sums.every((sum) => sum === 257 * rows)).toBe(true);
    }
  });
});
