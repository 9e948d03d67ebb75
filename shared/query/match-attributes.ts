/** Attribute matching of PS3.4 §C.2.2.2 on DICOM JSON: single value, UID list, wildcard, range, universal. */
import type { DicomJson } from "../catalog/items.ts";
import { matchesName } from "../catalog/names.ts";
import { Problem } from "../errors.ts";
import { attributeOf } from "./attribute-dictionary.ts";

type PersonName = { readonly Alphabetic?: string; readonly Ideographic?: string; readonly Phonetic?: string };

/** Whether a dataset matches every key. `fuzzy` widens person names to pinyin, initials and word beginnings. */
export function matchesAll(dataset: DicomJson, match: ReadonlyMap<string, string>, fuzzy: boolean): boolean {
  for (const [tag, wanted] of match)
    if (!matchesOne(dataset[tag]?.Value ?? [], tag, wanted, fuzzy)) return false;
  return true;
}

function matchesOne(values: readonly unknown[], tag: string, wanted: string, fuzzy: boolean): boolean {
  const vr = attributeOf(tag)?.vr ?? "LO";
  if (vr === "PN") return values.some((value) => matchesName(value as PersonName, wanted, { fuzzy }));
  if (vr === "UI") return listOf(wanted).some((uid) => values.includes(uid));
  if (vr === "DA" || vr === "TM") return values.some((value) => inRange(String(value), wanted, tag));
  if (vr === "IS" || vr === "US") return values.some((value) => Number(value) === Number(wanted));
  const candidates = tag === "00080061" ? listOf(wanted) : [wanted];
  return candidates.some((candidate) => values.some((value) => matchesText(String(value), candidate)));
}

/** A list of UIDs may be separated by commas or backslashes (PS3.18 §8.3.4.1, PS3.4 §C.2.2.2.2). */
export function listOf(value: string): readonly string[] {
  return value.split(/[,\\]/).filter((part) => part !== "");
}

export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** `20260101`, `20260101-`, `-20260131`, `20260101-20260131` (PS3.4 §C.2.2.2.5). */
export function parseRange(value: string, tag: string): DateRange {
  const match = /^(\d{2,14}(?:\.\d{1,6})?)?(-)?(\d{2,14}(?:\.\d{1,6})?)?$/.exec(value.replaceAll(":", ""));
  const [, from, dash, to] = match ?? [];
  if (!match || (from === undefined && to === undefined) || (dash === undefined && to !== undefined)) {
    throw new Problem(
      "invalid-request",
      `${attributeOf(tag)?.keyword ?? tag} must be a date or a range such as 20260101-20260131.`,
    );
  }
  if (dash === undefined) return { from: from as string, to: from as string };
  return { from: from ?? "", to: to ?? "" };
}

function inRange(value: string, wanted: string, tag: string): boolean {
  const { from, to } = parseRange(wanted, tag);
  // A shorter time such as 0930 means the whole minute, so compare on the length asked for.
  return (
    (from === "" || value.slice(0, from.length) >= from) && (to === "" || value.slice(0, to.length) <= to)
  );
}

const wildcard = /[*?]/;

function matchesText(value: string, wanted: string): boolean {
  const stored = value.trim();
  if (!wildcard.test(wanted)) return stored === wanted.trim();
  return matchesWildcard(stored, wanted);
}

/** Linear-time glob: a pattern such as `*a*a*a*b` must not blow up on a hostile query. */
export function matchesWildcard(text: string, pattern: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let p = 0;
  while (at < text.length) {
    if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[at]) && pattern[p] !== "*") {
      at++;
      p++;
    } else if (pattern[p] === "*") {
      star = p++;
      resume = at;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
