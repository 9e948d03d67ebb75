/**
 * Slices that are not where they should be. A false alarm sends a patient back to the table, so spacing and numbers must
 * agree where both are there, and what can be meant (blocks of another spacing, numbers that skip by design, volumes that
 * nothing tells apart) is not reported.
 */
import { type Placed, placesOf, type Slice, stacksOf } from "./stacks.ts";

export interface Gap {
  /** Instance Numbers on either side, where they count along the stack. */
  readonly between?: readonly [number, number];
  /** Millimetres along the normal: the middle of the gap. */
  readonly at?: number;
  readonly missing: number;
}

export interface SliceFindings {
  readonly missing: readonly Gap[];
  /** Spacing says that a slice is missing, and the numbers do not. */
  readonly doubtful: readonly Gap[];
  /** Places (millimetres) that hold a slice too many. */
  readonly twice: readonly number[];
}

/** Fewer slices show no pattern. */
const fewest = 5;
/** How far a distance may be from a whole number of steps, in steps. */
const tolerance = 0.2;
/** Share of places that must hold as many slices as most, for the others to be too few or too many. */
const most = 0.8;

export function findMissingSlices(slices: readonly Slice[]): SliceFindings {
  const found = stacksOf(slices)
    .filter((stack) => stack.length >= fewest)
    .map(findInStack);
  return {
    missing: found.flatMap(({ missing = [] }) => missing),
    doubtful: found.flatMap(({ doubtful = [] }) => doubtful),
    twice: found.flatMap(({ twice = [] }) => twice),
  };
}

function findInStack(stack: readonly Placed[]): Partial<SliceFindings> {
  const places = placesOf(stack);
  if (places.length < fewest) return {};
  const usual = commonest(places.map(({ length }) => length));
  const unusual = places.filter(({ length }) => length !== usual);
  if (unusual.length > places.length * (1 - most)) return {};
  if (usual > 1) return { missing: incomplete(unusual, usual) };
  const twice = unusual.map(([slice]) => (slice as Placed).at);
  return { ...findGaps(places.map(([slice]) => slice as Placed)), twice };
}

/** Several volumes that nothing tells apart: each place should hold as many slices as the others. */
function incomplete(places: readonly (readonly Placed[])[], usual: number): readonly Gap[] {
  return places.flatMap((place) =>
    place.length < usual ? [{ at: (place[0] as Placed).at, missing: usual - place.length }] : [],
  );
}

interface Step {
  readonly before: Placed;
  readonly after: Placed;
  /** In steps of the stack's spacing. */
  readonly distance: number;
  /** In steps of the stack's numbering; undefined where numbers do not count along the stack. */
  readonly count: number | undefined;
}

function findGaps(stack: readonly Placed[]): Pick<SliceFindings, "missing" | "doubtful"> {
  const steps = stepsOf(stack);
  const regular = steps.filter(isRegular).length >= steps.length * most;
  const isMeant = meantBlocks(steps, regular);
  const missing = steps.flatMap((step) => gapOf(step, numberedMissing(step, regular)));
  const spaced = steps.flatMap((step, index) => {
    const wide = regular && isRegular(step) && Math.round(step.distance) > 1 && !isMeant(index);
    return wide ? [{ step, missing: Math.round(step.distance) - 1 }] : [];
  });
  const unnumbered = spaced.filter(({ step }) => step.count === undefined);
  const contradicted = spaced.filter(({ step }) => step.count === 1);
  return {
    missing: [...missing, ...unnumbered.flatMap((one) => gapOf(one.step, one.missing))],
    doubtful: contradicted.flatMap((one) => gapOf(one.step, one.missing)),
  };
}

/** By number, where the distance says so too or is none to go by. */
function numberedMissing({ count = 1, distance }: Step, regular: boolean): number {
  if (count < 2) return 0;
  if (!regular) return count - 1;
  return Math.max(0, Math.min(count, Math.round(distance)) - 1);
}

/** Wide steps side by side, or many of them, are how the series was planned: a neck in 5 and a chest in 10 mm. */
function meantBlocks(steps: readonly Step[], regular: boolean): (index: number) => boolean {
  const wide = steps.map(({ distance }) => regular && Math.round(distance) > 1);
  const share = wide.filter(Boolean).length / steps.length;
  return (index) => share > 1 - most || wide[index - 1] === true || wide[index + 1] === true;
}

const isRegular = ({ distance }: Step): boolean =>
  distance >= 1 - tolerance && Math.abs(distance - Math.round(distance)) <= tolerance;

function stepsOf(stack: readonly Placed[]): readonly Step[] {
  const pairs = stack.slice(1).map((after, index) => ({ before: stack[index] as Placed, after }));
  const distances = pairs.map(({ before, after }) => after.at - before.at);
  // Not the median: with half of the slices lost it would be two steps.
  const spacing = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 4)] as number;
  const counts = countsAlong(pairs.map(({ before, after }) => difference(before, after)));
  return pairs.map((pair, index) => ({
    ...pair,
    distance: (distances[index] as number) / spacing,
    count: counts?.[index],
  }));
}

const difference = (before: Placed, after: Placed): number | undefined =>
  before.instanceNumber === undefined || after.instanceNumber === undefined
    ? undefined
    : after.instanceNumber - before.instanceNumber;

/** In strides: numbers of interleaved volumes go up by two or more. Undefined unless all go the same way. */
function countsAlong(differences: readonly (number | undefined)[]): readonly number[] | undefined {
  const numbers = differences.filter((one) => one !== undefined);
  const oneWay = numbers.every((one) => one > 0) || numbers.every((one) => one < 0);
  if (numbers.length < differences.length || !oneWay) return undefined;
  const stride = commonest(numbers.map(Math.abs));
  return numbers.map((one) => Math.abs(one) / stride);
}

function gapOf({ before, after, count }: Step, missing: number): readonly Gap[] {
  if (missing < 1) return [];
  const numbers = [before.instanceNumber, after.instanceNumber] as const;
  const between = count === undefined ? {} : { between: numbers as readonly [number, number] };
  return [{ ...between, at: (before.at + after.at) / 2, missing: Math.round(missing) }];
}

function commonest(values: readonly number[]): number {
  const groups = [...Map.groupBy(values, (value) => value)];
  return groups.toSorted(([a, m], [b, n]) => n.length - m.length || a - b)[0]?.[0] ?? 0;
}
