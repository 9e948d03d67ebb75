/** Reading attributes out of a DICOM JSON dataset (PS3.18 Annex F), whatever a file put into them. */

export interface Attribute {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}
/** Keyed by eight upper-case hexadecimal digits. */
export type Dataset = Readonly<Record<string, Attribute | undefined>>;

/** All numeric values of an attribute; what is not a number is left out. */
export function numbers(dataset: Dataset, tag: string): readonly number[] {
  const values = dataset[tag]?.Value;
  if (!Array.isArray(values)) return [];
  return values
    .map((value) => (typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value)))
    .filter((value) => !Number.isNaN(value));
}

/** The first numeric value, or undefined. */
export function number(dataset: Dataset, tag: string): number | undefined {
  return numbers(dataset, tag)[0];
}

/** The first value as trimmed text, or undefined when absent or empty. */
export function text(dataset: Dataset, tag: string): string | undefined {
  const value = dataset[tag]?.Value?.[0];
  if (typeof value !== "string") return undefined;
  return value.trim() === "" ? undefined : value.trim();
}

/** The items of a sequence. */
export function items(dataset: Dataset, tag: string): readonly Dataset[] {
  const values = dataset[tag]?.Value;
  if (!Array.isArray(values)) return [];
  return values.filter((value): value is Dataset => typeof value === "object" && value !== null);
}

/**
 * The unsigned 16-bit words of a lookup table, given as US/SS values or as little-endian OW. `entries` (0: unknown) tells
 * tables of bytes from tables of words where the value is binary.
 */
export function words(dataset: Dataset, tag: string, entries: number): Uint16Array | undefined {
  const attribute = dataset[tag];
  if (attribute?.InlineBinary === undefined) {
    const values = numbers(dataset, tag);
    return values.length === 0 ? undefined : Uint16Array.from(values, (value) => value & 0xffff);
  }
  const bytes = Buffer.from(attribute.InlineBinary, "base64");
  if (entries > 0 && bytes.length < entries * 2) return Uint16Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getUint16(i * 2, true));
}

/**
 * The datasets in which an attribute of one frame is looked up, nearest first: the frame's own functional group, the
 * shared one (PS3.3 C.7.6.16), the dataset itself. `macro` is the tag of the functional group's sequence.
 */
export function frameScopes(dataset: Dataset, frame: number, macro: string): readonly Dataset[] {
  const groups = [items(dataset, "52009230")[frame], items(dataset, "52009229")[0]];
  const macros = groups.flatMap((group) => (group ? items(group, macro).slice(0, 1) : []));
  return [...macros, dataset];
}
