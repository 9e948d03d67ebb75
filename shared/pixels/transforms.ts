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

/** Every value transformed to 0 (black) … 1 (white), as bytes; what lies beyond either is cut. */
export function toGrey(values: Float64Array, transform: Transform): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  if (typeof transform === "function") {
    for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * transform(values[i] as number);
  } else {
    const [slope, offset] = [255 * transform.slope, 255 * transform.offset];
    for (let i = 0; i < bytes.length; i++) bytes[i] = (values[i] as number) * slope + offset;
  }
  return new Uint8Array(bytes.buffer);
}
