/** Complete series of real scanners, and every way to lose one or two of their slices. */
import { basename, dirname } from "node:path";
import { expect, it } from "@jest/globals";
import { geometryOf } from "../../../shared/dicom/geometry.ts";
import { numberOf } from "../../../shared/dicom/json-model.ts";
import { findMissingSlices } from "../../../shared/quality/missing-slices.ts";
import type { Slice } from "../../../shared/quality/stacks.ts";
import { describeWithRealFiles, type RealFile } from "../../support/real-files.ts";
import { headerOf } from "../dicom/sample.ts";

function sliceOf(file: RealFile): Slice {
  const { dataset } = headerOf(file.bytes());
  const instanceNumber = numberOf(dataset, "00200013");
  const geometry = geometryOf(dataset);
  if (!geometry || instanceNumber === undefined) throw new Error(`${file.path} has no place or number`);
  return { geometry, instanceNumber, kind: JSON.stringify(dataset["00080008"]?.Value) };
}

/** Every choice of one or two, then pseudo-random ones of three, five and eight. */
function* losses(count: number): Generator<ReadonlySet<number>> {
  for (let a = 0; a < count; a++) {
    yield new Set([a]);
    for (let b = a + 1; b < count; b++) yield new Set([a, b]);
  }
  let state = 1;
  const draw = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  for (const size of [3, 5, 8])
    for (let trial = 0; trial < 200; trial++) {
      const lost = new Set<number>();
      while (lost.size < size) lost.add(draw());
      yield lost;
    }
}

/** Those lost at an end leave no gap. */
function inner(lost: ReadonlySet<number>, count: number): number {
  let [first, last] = [0, count - 1];
  while (lost.has(first)) first++;
  while (lost.has(last)) last--;
  return [...lost].filter((at) => at > first && at < last).length;
}

describeWithRealFiles("complete series of real scanners", (files) => {
  const series = Map.groupBy(
    files.filter(({ path }) => path.startsWith("files/series/")),
    ({ path }) => basename(dirname(path)),
  );

  it("are three, of 28, 20 and 35 slices", () => {
    expect([...series.values()].map(({ length }) => length).toSorted()).toEqual([20, 28, 35]);
  });

  it.each([...series])(
    "%s: nothing is missing, and what is lost inside is found with its number",
    (_, images) => {
      const slices = images
        .map(sliceOf)
        .toSorted((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0));
      expect(findMissingSlices(slices)).toEqual({ missing: [], doubtful: [], twice: [] });
      const sum = { lost: 0, found: 0, wrong: 0 };
      for (const lost of losses(slices.length)) {
        const { missing, doubtful, twice } = findMissingSlices(slices.filter((_, at) => !lost.has(at)));
        const reported = missing.reduce((all, gap) => all + gap.missing, 0);
        const expected = inner(lost, slices.length);
        sum.lost += expected;
        sum.found += Math.min(reported, expected);
        sum.wrong += Math.max(0, reported - expected) + doubtful.length + twice.length;
        if (lost.size <= 2) expect(reported).toBe(expected);
      }
      expect(sum.wrong).toBe(0);
      expect(sum.found / sum.lost).toBeGreaterThan(0.95);
    },
  );
});
