/** What Instance Numbers alone say of a series: numbers left out, and a beginning that is not the first. */
export interface NumberGaps {
  readonly missing: readonly { readonly between: readonly [number, number]; readonly missing: number }[];
  /** The first number, where the ones before it seem lost. */
  readonly beginsAt?: number;
}

const fewest = 5;
/** Share of steps that must be by one: else numbers are no count of images. */
const most = 0.8;
/** A series that begins further on was numbered that way. */
const latestBeginning = 0.25;

/** Nothing where numbers are absent, repeated, or do not count. */
export function findNumberGaps(numbers: readonly (number | undefined)[]): NumberGaps {
  const sorted = numbers.filter((number) => number !== undefined).toSorted((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined || sorted.length < Math.max(fewest, numbers.length)) return { missing: [] };
  const steps = sorted.slice(1).map((after, index) => [sorted[index] as number, after] as const);
  const isStep = ([before, after]: readonly [number, number]): boolean => after - before === 1;
  if (steps.filter(isStep).length < steps.length * most || steps.some(([a, b]) => a === b))
    return { missing: [] };
  const gaps = steps.filter((step) => !isStep(step));
  return {
    missing: gaps.map((between) => ({ between, missing: between[1] - between[0] - 1 })),
    ...(first > 1 && first <= 1 + sorted.length * latestBeginning && { beginsAt: first }),
  };
}
