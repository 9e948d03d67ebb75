/** Attribute matching of PS3.4 §C.2.2.2 on DICOM JSON: single value, UID list, wildcard, range, universal. */
import type { DicomJson } from "../catalog/items.ts";
import { keysMatch } from "../catalog/name-queries.ts";
import { matchesWildcard } from "../catalog/wildcard.ts";
import { writtenNameKeys } from "../catalog/written-names.ts";
import { isCalendarDay } from "../contract/calendar-day.ts";
import type { PersonName } from "../dicom/json-model.ts";
import { Problem } from "../errors.ts";
import { attributeOf } from "./attribute-dictionary.ts";
import type { Search } from "./parse-search.ts";

export interface Searchable {
  readonly attributes: DicomJson;
  /** Keys of the patient's name as ingest stored them. Made anew they might be others: dictionaries grow. */
  readonly nameKeys: readonly string[];
}

const patientName = "00100010";

/** Whether a dataset matches every key. `fuzzy` widens person names to word beginnings. */
export function matchesAll(
  { attributes, nameKeys }: Searchable,
  { match, fuzzy }: Pick<Search, "match" | "fuzzy">,
): boolean {
  return [...match].every(([tag, wanted]) =>
    tag === patientName
      ? keysMatch(nameKeys, wanted, { fuzzy })
      : matchesOne(attributes[tag]?.Value ?? [], tag, wanted, fuzzy),
  );
}

function matchesOne(values: readonly unknown[], tag: string, wanted: string, fuzzy: boolean): boolean {
  const vr = attributeOf(tag)?.vr ?? "LO";
  if (vr === "PN")
    return values.some((value) => keysMatch(writtenNameKeys(value as PersonName), wanted, { fuzzy }));
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

/** PS3.5 §6.2. A time may be cut short after hours or minutes, and be written with colons as clients do. */
const forms = {
  DA: { isOne: isDay, such: "a date or a range such as 20260101-20260131, of days the calendar has" },
  TM: {
    // 60 is a leap second (PS3.5 §6.2).
    isOne: (value: string) => /^([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?$/.test(value),
    such: "a time or a range such as 0800-1159",
  },
} as const;

function isDay(value: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(value) ?? [];
  return year !== "0000" && isCalendarDay(`${year}-${month}-${day}`);
}

/**
 * `20260101`, `20260101-`, `-20260131`, `20260101-20260131` (PS3.4 §C.2.2.2.5). Throws Problem("invalid-request") on
 * anything else, and on a range that ends before it begins.
 */
export function parseRange(value: string, tag: string): DateRange {
  const { keyword = tag, vr } = attributeOf(tag) ?? {};
  const { isOne, such } = vr === "TM" ? forms.TM : forms.DA;
  const ends = (vr === "TM" ? value.replaceAll(":", "") : value).split("-");
  const [from = "", to = from] = ends;
  const wellFormed = ends.length <= 2 && [from, to].every((end) => end === "" || isOne(end));
  if (!wellFormed || from + to === "") throw new Problem("invalid-request", `${keyword} must be ${such}.`);
  const common = Math.min(from.length, to.length);
  if (from.slice(0, common) > to.slice(0, common))
    throw new Problem(
      "invalid-request",
      `${keyword} ends before it begins: a range goes from the earlier to the later.`,
    );
  return { from, to };
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
