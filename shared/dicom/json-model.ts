/** The DICOM JSON Model (PS3.18 Annex F): what the reader makes, the catalog stores and the image API answers. */
import type { Vr } from "./value-representations.ts";

/** PS3.18 §F.2.2: component groups without trailing delimiters. */
export interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

export type Value = string | number | PersonName | Dataset | null;

/** At most one of Value, InlineBinary and BulkDataURI; none of them: the element is there and empty. */
export interface Element {
  readonly vr: Vr;
  readonly Value?: readonly Value[];
  /** Base64, little-endian whatever the transfer syntax. */
  readonly InlineBinary?: string;
  /** `bulkdata/<offset>-<length>`, relative to the instance: see `bulkRange`. */
  readonly BulkDataURI?: string;
}

/** Elements by tag, eight upper-case hexadecimal digits such as `00100010`. */
export interface Dataset {
  readonly [tag: string]: Element;
}

/** First value of a text element, trimmed; undefined where absent or empty. */
export function textOf(dataset: Dataset, tag: string): string | undefined {
  const value = dataset[tag]?.Value?.[0];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** First value of a numeric element; undefined where absent, empty or not a number. */
export function numberOf(dataset: Dataset, tag: string): number | undefined {
  return numbersOf(dataset, tag)?.[0];
}

/** All values of a numeric element; undefined where absent, empty or not all numbers. */
function numbersOf(dataset: Dataset, tag: string): readonly number[] | undefined {
  const values = dataset[tag]?.Value;
  if (!values || values.length === 0) return undefined;
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value));
  return numbers.length === values.length ? (numbers as readonly number[]) : undefined;
}

/** Items of a sequence; none where absent. */
export function itemsOf(dataset: Dataset, tag: string): readonly Dataset[] {
  const element = dataset[tag];
  return element?.vr === "SQ" ? ((element.Value ?? []) as readonly Dataset[]) : [];
}

/**
 * Where an element left out of the JSON lies: bytes of the file, or of the inflated data set where the transfer syntax is
 * deflated. Undefined where the element has no such reference.
 */
export function bulkRange(
  element: Element | undefined,
): { readonly offset: number; readonly length: number } | undefined {
  const match = /^bulkdata\/(\d+)-(\d+)$/.exec(element?.BulkDataURI ?? "");
  return match ? { offset: Number(match[1]), length: Number(match[2]) } : undefined;
}
