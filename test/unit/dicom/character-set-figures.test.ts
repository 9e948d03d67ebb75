/** Floors under what `npm run charset-figures` measures: docs/conformance-statement.md has the figures. */
import { describe, expect, it } from "@jest/globals";
import { guessEncoding } from "../../../shared/dicom/guess-character-set.ts";
import { measureCharacterSets, precisionAndRecall } from "../../support/character-set-figures.ts";

const figures = measureCharacterSets(10_000);
const share = (value: number, texts: number): number => value / texts;

describe("ten thousand names, declared rightly or wrongly", () => {
  it("are corrected where they must be, and next to never where they must not", () => {
    const { precision, recall } = precisionAndRecall(figures);
    expect(precision).toBeGreaterThan(0.999);
    expect(recall).toBeGreaterThan(0.995);
  });

  it.each(figures.filter(({ of }) => of.endsWith("in Latin-1")))(
    "$of under $declared stay Latin, all of them",
    ({ texts, right, corrected, wrong }) => {
      expect(wrong).toEqual([]);
      expect([right, corrected]).toEqual([texts, 0]);
    },
  );

  it.each(figures.filter(({ of }) => of.endsWith("in GBK") || of.endsWith("in UTF-8")))(
    "$of under $declared are found",
    ({ of, texts, right }) => {
      expect(share(right, texts)).toBeGreaterThan(of.includes("UTF-8") ? 0.999 : 0.98);
    },
  );

  it.each(figures.filter(({ of }) => !of.includes(" in ")))(
    "$of declared rightly as $declared are left as they are",
    ({ texts, right, corrected, wrong }) => {
      expect(wrong).toEqual([]);
      expect([right, corrected]).toEqual([texts, 0]);
    },
  );

  it("and judging a long text takes time in proportion to it", () => {
    const started = performance.now();
    guessEncoding(new Uint8Array(4_000_000).fill(0xb0));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
