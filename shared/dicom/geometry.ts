/** Where a single-frame slice lies, and what tells its volume from another one of its series: all a search for gaps needs. */
import { type Dataset, numberOf } from "./json-model.ts";

export type Triple = readonly [number, number, number];

export interface Geometry {
  /** Image Position (Patient): millimetres, of the first pixel. */
  readonly position: Triple;
  /** Image Orientation (Patient): direction of rows, then of columns. */
  readonly orientation: readonly [number, number, number, number, number, number];
  readonly acquisition?: number;
  readonly echo?: number;
  readonly temporal?: number;
  readonly bValue?: number;
  /** Milliseconds. */
  readonly trigger?: number;
}

const tags = {
  acquisition: "00200012",
  echo: "00180086",
  temporal: "00200100",
  bValue: "00189087",
  trigger: "00181060",
} as const;

/** Undefined for multi-frame objects and where position or orientation are absent or make no plane (PS3.3 §C.7.6.2). */
export function geometryOf(dataset: Dataset): Geometry | undefined {
  if ((numberOf(dataset, "00280008") ?? 1) > 1) return undefined;
  const position = vector(dataset, "00200032", 3);
  const orientation = vector(dataset, "00200037", 6);
  if (!position || !orientation || !isPlane(orientation)) return undefined;
  const volume = Object.entries(tags).flatMap(([name, tag]) => {
    const value = numberOf(dataset, tag);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    position: position.map((value) => rounded(value, 1e3)) as unknown as Triple,
    orientation: orientation.map((value) => rounded(value, 1e5)) as unknown as Geometry["orientation"],
    ...Object.fromEntries(volume),
  };
}

/** The direction slices are stacked in, of length 1. */
export function normalOf([a, b, c, d, e, f]: Geometry["orientation"]): Triple {
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d] as const;
  const length = Math.hypot(...normal);
  return [normal[0] / length, normal[1] / length, normal[2] / length];
}

function vector(dataset: Dataset, tag: string, length: number): readonly number[] | undefined {
  const values = dataset[tag]?.Value ?? [];
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value));
  return numbers.length === length && values.length === length ? (numbers as number[]) : undefined;
}

/** Two directions of about length 1, about at right angles. */
function isPlane(orientation: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const lengths = [Math.hypot(a, b, c), Math.hypot(d, e, f)];
  return lengths.every((length) => Math.abs(length - 1) < 0.05) && Math.abs(a * d + b * e + c * f) < 0.05;
}

/** DS holds up to 16 characters; no scanner places a slice by a tenth of a micrometre. */
const rounded = (value: number, parts: number): number => Math.round(value * parts) / parts;
