/** Transforms of grey values, one after the other: those that are straight lines become one line, and cost as one. */

export interface Line {
  readonly slope: number;
  readonly offset: number;
}
export type Transform = Line | ((value: number) => number);

export const line = (slope: number, offset: number): Line => ({ slope, offset });

export function apply(transform: Transform, value: number): number {
  return typeof transform === "function" ? transform(value) : value * transform.slope + transform.offset;
}

/** `first`, then `second`. */
export function followedBy(first: Transform, second: Transform): Transform {
  if (typeof first === "function" || typeof second === "function")
    return (value) => apply(second, apply(first, value));
  return line(first.slope * second.slope, first.offset * second.slope + second.offset);
}

/** Every value transformed to 0 (black) … 1 (white), as bytes from `at` on; what lies beyond either is cut. */
export function toGrey(
  values: Float64Array,
  transform: Transform,
  bytes: Uint8ClampedArray,
  at: number,
): void {
  if (typeof transform === "function") {
    for (let i = 0; i < values.length; i++) bytes[at + i] = 255 * transform(values[i] as number);
    return;
  }
  const slope = 255 * transform.slope;
  const offset = 255 * transform.offset;
  for (let i = 0; i < values.length; i++) bytes[at + i] = (values[i] as number) * slope + offset;
}
