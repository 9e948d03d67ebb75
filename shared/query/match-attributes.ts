/** Attribute matching of PS3.4 §C.2.2.2 on DICOM JSON: single value, UID list, wildcard, range, universal. */
import type { DicomJson, StudyItem } from "../catalog/items.ts";
import { keysMatch } from "../catalog/name-queries.ts";
import { matchesWildcard } from "../catalog/wildcard.ts";
import { writtenNameKeys } from "../catalog/written-names.ts";
import { isCalendarDay } from "../contract/calendar-day.ts";
import type { PersonName } from "../dicom/json-model.ts";
import { Problem } from "../errors.ts";
import { attributeOf, type Level } from "./attribute-dictionary.ts";
import type { Search } from "./parse-search.ts";

export interface Searchable {
  readonly attributes: DicomJson;
  /** Keys of the patient's name as ingest stored them. Made anew they might be others: dictionaries grow. */
  readonly nameKeys: readonly string[];
}

const tags = { patientName: "00100010", modalitiesInStudy: "00080061" } as const;

/** Two quotation marks stand for no value (PS3.4 §C.2.2.2.7). */
export const emptyValue = '""';

/** The part of a search that is matched at one level. */
export const keysOf = (search: Search, level: Level): Search => ({
  ...search,
  match: new Map([...search.match].filter(([tag]) => attributeOf(tag)?.level === level)),
});

/** Whether a study matches the keys of its level. */
export function matchesStudy(
  { attributes, modalities = [], nameKeys = [] }: StudyItem,
  search: Search,
): boolean {
  const listed = { ...attributes, [tags.modalitiesInStudy]: { vr: "CS", Value: modalities } };
  return matchesAll({ attributes: listed, nameKeys }, keysOf(search, "study"));
}

/** Whether a dataset matches every key. `fuzzy` widens person names to word beginnings. */
export function matchesAll({ attributes, nameKeys }: Searchable, search: Search): boolean {
  const { match, fuzzy, empty } = search;
  return [...match].every(([tag, wanted]) => {
    const values = valuesOf(attributes, tag);
    if (empty && wanted === emptyValue) return values.every((value) => value === null || value === "");
    if (tag === tags.patientName) return keysMatch(nameKeys, wanted, { fuzzy });
    return matchesOne(values, tag, wanted, search);
  });
}

/** Of `<sequence>.<attribute>` the values in every item: any of them may match (PS3.4 §C.2.2.2.6). */
function valuesOf(attributes: DicomJson, tag: string): readonly unknown[] {
  const [outer = "", inner] = tag.split(".");
  const values = attributes[outer]?.Value ?? [];
  return inner === undefined ? values : values.flatMap((item) => (item as DicomJson)[inner]?.Value ?? []);
}

function matchesOne(
  values: readonly unknown[],
  tag: string,
  wanted: string,
  { fuzzy, all }: Search,
): boolean {
  const vr = attributeOf(tag)?.vr ?? "LO";
  if (vr === "PN")
    return values.some((value) => keysMatch(writtenNameKeys(value as PersonName), wanted, { fuzzy }));
  if (vr === "UI") return listOf(wanted).some((uid) => values.includes(uid));
  if (vr === "DA" || vr === "TM") return values.some((value) => inRange(String(value), wanted, tag));
  if (vr === "IS" || vr === "US") return values.some((value) => Number(value) === Number(wanted));
  const matches = (one: string): boolean => values.some((value) => matchesText(String(value), one));
  if (tag !== tags.modalitiesInStudy) return matches(wanted);
  return all ? listOf(wanted).every(matches) : listOf(wanted).some(matches);
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
