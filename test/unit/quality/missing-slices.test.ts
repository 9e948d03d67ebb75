import { describe, expect, it } from "@jest/globals";
import { findMissingSlices } from "../../../shared/quality/missing-slices.ts";
import { findNumberGaps } from "../../../shared/quality/number-gaps.ts";
import type { Slice } from "../../../shared/quality/stacks.ts";

type Geometry = Slice["geometry"];
const axial: Geometry["orientation"] = [1, 0, 0, 0, 1, 0];
const nothing = { missing: [], doubtful: [], twice: [] };

/** A slice at `z` mm. */
const slice = (z: number, instanceNumber?: number, more: Partial<Geometry> = {}): Slice => ({
  geometry: { position: [0, 0, z], orientation: axial, ...more },
  kind: "512|512|ORIGINAL|PRIMARY|AXIAL",
  ...(instanceNumber !== undefined && { instanceNumber }),
});
const stack = (count: number, spacing = 5, more: Partial<Geometry> = {}, first = 1): readonly Slice[] =>
  Array.from({ length: count }, (_, n) => slice(n * spacing, first + n, more));
const without = (slices: readonly Slice[], ...numbers: readonly number[]): readonly Slice[] =>
  slices.filter(({ instanceNumber }) => !numbers.includes(instanceNumber as number));
const unnumbered = (slices: readonly Slice[]): readonly Slice[] =>
  slices.map(({ instanceNumber: _, ...rest }) => rest);

describe("a series that is whole has nothing found", () => {
  const phases = [1, 2, 3].flatMap((temporal) => stack(20, 5, { temporal }, temporal * 20 - 19));
  const untold = [1, 2, 3].flatMap((n) => stack(20, 5, {}, n * 20 - 19));
  const planes: readonly Geometry["orientation"][] = [axial, [0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 0, -1]];
  it.each<[string, readonly Slice[]]>([
    ["evenly spaced", stack(30)],
    ["numbered the other way", stack(30).map((one, n) => ({ ...one, instanceNumber: 30 - n }))],
    [
      "in two blocks of other spacing",
      [...stack(10), ...stack(10, 10).map((_one, n) => slice(60 + n * 10, 11 + n))],
    ],
    ["of unequal spacing throughout", [0, 3, 7, 8, 13, 21, 22, 30].map((z, n) => slice(z, n + 1))],
    ["of rounded positions", stack(20).map((_one, n) => slice(Math.round(n * 6.93 * 10) / 10, n + 1))],
    ["of phases the scanner tells apart", phases],
    ["of phases that nothing tells apart", untold],
    [
      "of two echoes, numbered in turn",
      stack(20).flatMap((_, n) => [
        slice(n * 5, 2 * n + 1, { echo: 1 }),
        slice(n * 5, 2 * n + 2, { echo: 2 }),
      ]),
    ],
    [
      "with an acquisition number for every slice",
      stack(20).map((_, n) => slice(n * 5, n + 1, { acquisition: n })),
    ],
    ["of three planes", planes.flatMap((orientation, n) => stack(7, 10, { orientation }, n * 7 + 1))],
    [
      "around an axis",
      Array.from({ length: 12 }, (_, n) =>
        slice(0, n + 1, { orientation: [Math.cos(n / 4), Math.sin(n / 4), 0, 0, 0, -1] }),
      ),
    ],
    ["of one place over time", Array.from({ length: 40 }, (_, n) => slice(0, n + 1, { trigger: n * 20 }))],
    ["too short to tell", without(stack(5), 3)],
    ["of every second number", stack(20).map((one, n) => ({ ...one, instanceNumber: 2 * n + 1 }))],
    [
      "whose numbers were left out where no slice is",
      stack(20).map((one, n) => ({ ...one, instanceNumber: n < 10 ? n : n + 7 })),
    ],
  ])("%s", (_, slices) => {
    expect(findMissingSlices(slices)).toEqual(nothing);
    expect(findMissingSlices(slices.toReversed())).toEqual(nothing);
  });
});

describe("slices that are missing", () => {
  it("are found with the numbers and the place between which they lie", () => {
    const { missing } = findMissingSlices(without(stack(30), 12, 13, 20));
    expect(missing).toEqual([
      { between: [11, 14], at: 57.5, missing: 2 },
      { between: [19, 21], at: 95, missing: 1 },
    ]);
  });

  it("are found by place alone where there are no numbers", () => {
    expect(findMissingSlices(unnumbered(without(stack(30), 12))).missing).toEqual([{ at: 55, missing: 1 }]);
  });

  it("are found by number where the spacing is planned uneven", () => {
    const blocks = [...stack(10), ...stack(10, 10).map((_, n) => slice(60 + n * 10, 11 + n))];
    expect(findMissingSlices(without(blocks, 14)).missing).toEqual([
      { between: [13, 15], at: 90, missing: 1 },
    ]);
  });

  it("are found in one phase of several, told apart or not", () => {
    const told = [1, 2].flatMap((temporal) => stack(20, 5, { temporal }, temporal * 20 - 19));
    expect(findMissingSlices(without(told, 25)).missing).toEqual([{ between: [24, 26], at: 20, missing: 1 }]);
    const untold = [1, 2].flatMap((n) => stack(20, 5, {}, n * 20 - 19));
    expect(findMissingSlices(without(untold, 25)).missing).toEqual([{ at: 20, missing: 1 }]);
  });

  it("are only suspected where the numbers go on across the gap", () => {
    const renumbered = without(stack(30), 12).map((one, n) => ({ ...one, instanceNumber: n + 1 }));
    expect(findMissingSlices(renumbered)).toEqual({
      ...nothing,
      doubtful: [{ between: [11, 12], at: 55, missing: 1 }],
    });
  });

  it("do not hide behind a tilted gantry", () => {
    const orientation: Geometry["orientation"] = [1, 0, 0, 0, 0.9483, -0.3173];
    const tilted = stack(20, 4.22, { orientation });
    expect(findMissingSlices(tilted)).toEqual(nothing);
    expect(findMissingSlices(without(tilted, 7)).missing).toMatchObject([{ between: [6, 8], missing: 1 }]);
  });
});

it("a place that holds a slice too many is found", () => {
  expect(findMissingSlices([...stack(20), slice(25, 21)])).toEqual({ ...nothing, twice: [25] });
});

describe("numbers alone", () => {
  const count = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, n) => from + n);

  it("show what was left out, and a beginning that is not the first", () => {
    expect(findNumberGaps([...count(3, 20), ...count(23, 30)])).toEqual({
      missing: [{ between: [20, 23], missing: 2 }],
      beginsAt: 3,
    });
  });

  it.each<[string, readonly (number | undefined)[]]>([
    ["count from 0", count(0, 20)],
    ["count from far on", count(101, 120)],
    ["are by tens", count(1, 12).map((n) => n * 10)],
    ["come twice", [...count(1, 10), ...count(1, 10)]],
    ["are not everywhere", [...count(2, 10), undefined]],
    ["are too few", [2, 3, 5]],
  ])("say nothing where they %s", (_, numbers) => {
    expect(findNumberGaps(numbers)).toEqual({ missing: [] });
  });
});
