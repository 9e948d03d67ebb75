/** Lookup tables: Modality LUT, VOI LUT (PS3.3 C.11.1, C.11.2) and palettes (C.7.6.3.1.5, C.7.9). */
import { type Dataset, numbers, words } from "./attributes.ts";
import type { Values } from "./stored-values.ts";

export interface LookupTable {
  readonly first: number;
  readonly bits: number;
  readonly data: Uint16Array;
}

/** A table given by a descriptor and its data; undefined when either is missing or empty. `signed`: of the values looked up. */
export function lookupTable(
  dataset: Dataset,
  descriptor: string,
  data: string,
  signed: boolean,
): LookupTable | undefined {
  const { entries, first, bits } = describe(dataset, descriptor, signed);
  const values = words(dataset, data, entries);
  return values === undefined || values.length === 0 ? undefined : { first, bits, data: values };
}

function describe(dataset: Dataset, descriptor: string, signed: boolean) {
  const [entries = 0, first = 0, bits = 16] = numbers(dataset, descriptor);
  return {
    // C.11.1.1.1: 0 stands for 65536, and the first value has the sign of the pixels whatever VR carried it.
    entries: (entries & 0xffff) === 0 ? 65536 : entries & 0xffff,
    first: signed ? (first << 16) >> 16 : first & 0xffff,
    bits,
  };
}

/** The entry for a value; values beyond either end take the end's entry. */
export function lookUp({ data, first }: LookupTable, value: number): number {
  const index = (value - first + 0.5) | 0;
  if (index <= 0) return data[0] as number;
  return (index < data.length ? data[index] : data[data.length - 1]) as number;
}

const colours = ["1", "2", "3"] as const;

/** Indices through the dataset's palette to 8-bit RGB by pixel; undefined when the palette is missing. */
export function applyPalette(dataset: Dataset, indices: Values, signed: boolean): Uint8Array | undefined {
  const tables = colours.map((colour) => palette(dataset, colour, signed));
  if (tables.includes(undefined)) return undefined;
  const out = new Uint8Array(indices.length * 3);
  for (const [sample, table] of (tables as readonly LookupTable[]).entries()) {
    // Some writers declare 16 bits and store 8: 0 to 255 cannot be all of a 16-bit palette.
    const shift = table.data.some((value) => value > 255) ? 8 : 0;
    for (let i = 0; i < indices.length; i++)
      out[i * 3 + sample] = lookUp(table, indices[i] as number) >> shift;
  }
  return out;
}

function palette(dataset: Dataset, colour: string, signed: boolean): LookupTable | undefined {
  const plain = lookupTable(dataset, `0028110${colour}`, `0028120${colour}`, signed);
  if (plain) return plain;
  const segments = words(dataset, `0028122${colour}`, 0);
  const { entries, ...described } = describe(dataset, `0028110${colour}`, signed);
  return segments && { ...described, data: expandSegments(segments, entries) };
}

/** PS3.3 C.7.9.2: discrete (0), linear (1) and indirect (2) segments. */
function expandSegments(segments: Uint16Array, entries: number): Uint16Array {
  const out = new Uint16Array(entries);
  let filled = 0;
  let at = 0;
  while (at + 1 < segments.length && filled < entries) {
    const count = segments[at + 1] as number;
    if (segments[at] === 2) {
      // Repeats earlier segments, which are not indirect themselves: no loop is possible.
      let from = (segments[at + 2] ?? 0) | ((segments[at + 3] ?? 0) << 16);
      for (let n = 0; n < count && from + 1 < segments.length; n++) {
        filled = expandSegment(segments, from, out, filled);
        from += segmentWords(segments, from);
      }
    } else filled = expandSegment(segments, at, out, filled);
    at += segmentWords(segments, at);
  }
  return out;
}

const segmentWords = (segments: Uint16Array, at: number): number =>
  segments[at] === 0 ? 2 + (segments[at + 1] as number) : segments[at] === 1 ? 3 : 4;

/** Writes one discrete or linear segment from `filled` on; answers how many entries are filled then. */
function expandSegment(segments: Uint16Array, at: number, out: Uint16Array, filled: number): number {
  const count = Math.min(segments[at + 1] as number, out.length - filled);
  if (segments[at] === 0) {
    out.set(segments.subarray(at + 2, at + 2 + count), filled);
  } else if (segments[at] === 1) {
    const start = out[filled - 1] ?? 0;
    const end = segments[at + 2] ?? start;
    for (let k = 1; k <= count; k++) out[filled + k - 1] = start + ((end - start) * k) / count;
  }
  return segments[at] === 2 ? filled : filled + count;
}
