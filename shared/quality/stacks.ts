/** The volumes of a series: slices of one orientation and matrix that follow each other along their normal. */
import { type Geometry, normalOf } from "../dicom/geometry.ts";

export interface Slice {
  readonly instanceNumber?: number;
  readonly geometry: Geometry;
  /** Whatever else must be alike: matrix size, Image Type. */
  readonly kind: string;
}

export interface Placed extends Slice {
  /** Millimetres along the normal. */
  readonly at: number;
}

/** Slices nearer than this lie at one place. */
const samePlace = 0.01;

/** What may tell volumes that share their positions apart, in the order it is asked. */
const discriminators: readonly ((slice: Slice) => unknown)[] = [
  ({ geometry }) => geometry.echo,
  ({ geometry }) => geometry.temporal,
  ({ geometry }) => geometry.bValue,
  ({ kind }) => kind,
  ({ geometry }) => geometry.acquisition,
  ({ geometry }) => geometry.trigger,
];

/** Each ordered along its normal. Volumes that nothing tells apart stay one stack, with several slices a place. */
export function stacksOf(slices: readonly Slice[]): readonly (readonly Placed[])[] {
  const byPlane = Map.groupBy(slices, ({ geometry }) => planeOf(geometry));
  return [...byPlane.values()].flatMap((plane) => separate(plane.map(placed), discriminators));
}

/** Slices a place, in order. */
export function placesOf(stack: readonly Placed[]): readonly (readonly Placed[])[] {
  const places: Placed[][] = [];
  for (const slice of stack) {
    const last = places.at(-1);
    if (last && slice.at - (last[0] as Placed).at < samePlace) last.push(slice);
    else places.push([slice]);
  }
  return places;
}

/** Orientations differ in their last digits within one volume. */
const planeOf = ({ orientation }: Geometry): string => orientation.map((part) => part.toFixed(2)).join();

function placed(slice: Slice): Placed {
  const normal = normalOf(slice.geometry.orientation);
  const [x, y, z] = slice.geometry.position;
  return { ...slice, at: x * normal[0] + y * normal[1] + z * normal[2] };
}

/** Only where slices share a place: an acquisition number of its own for every slice separates nothing. */
function separate(slices: readonly Placed[], left: typeof discriminators): readonly (readonly Placed[])[] {
  const stack = slices.toSorted((a, b) => a.at - b.at);
  const [ask, ...rest] = left;
  if (ask === undefined || repeats(stack) === 0) return [stack];
  const groups = [...Map.groupBy(stack, ask).values()];
  const fewer = groups.reduce((sum, group) => sum + repeats(group), 0) < repeats(stack);
  const volumes = groups.length > 1 && fewer && groups.length * 3 <= stack.length;
  return volumes ? groups.flatMap((group) => separate(group, rest)) : separate(stack, rest);
}

const repeats = (stack: readonly Placed[]): number => stack.length - placesOf(stack).length;
