/** A QIDO-RS query string as data. PS3.18 §8.3.4 (search parameters) and §10.6.1. */
import { Problem } from "../errors.ts";
import { attributeOf, type Level, tagOf } from "./attribute-dictionary.ts";
import { emptyValue, parseRange } from "./match-attributes.ts";
import { searchLimits } from "./search-limits.ts";

export interface Search {
  /** Matching keys: tag → value as sent. An empty value matches everything (universal matching) and is left out. */
  readonly match: ReadonlyMap<string, string>;
  readonly limit: number;
  readonly offset: number;
  readonly fuzzy: boolean;
  /** `""` matches what has no value. */
  readonly empty: boolean;
  /** Of several values each must be there, not just one (PS3.4 §C.2.2.2.8). */
  readonly all: boolean;
  /** Tags asked for beyond the required ones, or everything stored. */
  readonly include: ReadonlySet<string> | "all";
  readonly cursor?: string;
}

const levelsAbove = {
  study: ["study"],
  series: ["study", "series"],
  instance: ["study", "series", "instance"],
} as const;
const control = new Set([
  "limit",
  "offset",
  "fuzzymatching",
  "includefield",
  "cursor",
  "accept",
  "emptyvaluematching",
  "multiplevaluematching",
]);

/**
 * `defaultLimit`: results when the client names no limit.
 * Throws Problem("invalid-request") that names the parameter and never its value: values are patients' data.
 */
export function parseSearch(
  query: URLSearchParams,
  level: Level,
  defaultLimit: number = searchLimits.defaultLimit,
): Search {
  return {
    match: matchingKeys(query, level),
    limit: Math.min(wholeNumber(query, "limit", 1) ?? defaultLimit, searchLimits.maximumLimit),
    offset: offsetOf(query),
    fuzzy: booleanOf(query, "fuzzymatching"),
    empty: booleanOf(query, "emptyvaluematching"),
    all: booleanOf(query, "multiplevaluematching"),
    include: includedFields(query),
    ...(query.get("cursor") ? { cursor: query.get("cursor") as string } : {}),
  };
}

function matchingKeys(query: URLSearchParams, level: Level): Map<string, string> {
  const match = new Map<string, string>();
  for (const [name, value] of query) {
    if (control.has(name.toLowerCase())) continue;
    const tag = matchingTag(name, level);
    if (match.has(tag)) throw new Problem("invalid-request", `The matching key ${tag} is given twice.`);
    if (/^\**$/.test(value)) continue;
    checkEncoding(tag, value);
    if (isRange(tag) && value !== emptyValue) parseRange(value, tag);
    match.set(tag, value);
  }
  return match;
}

/** What was not UTF-8 arrives as U+FFFD. Taken for less than was typed, it could find another patient. */
function checkEncoding(tag: string, value: string): void {
  if (value.isWellFormed() && !value.includes("\ufffd")) return;
  const { keyword = tag } = attributeOf(tag) ?? {};
  throw new Problem("invalid-request", `${keyword} is not UTF-8: percent-encode the text's UTF-8 bytes.`);
}

/** Dates and times are looked at before anything is read, whichever index answers. */
const isRange = (tag: string): boolean => /^(DA|TM)$/.test(attributeOf(tag)?.vr ?? "");

function matchingTag(name: string, level: Level): string {
  const tag = tagOf(name);
  const attribute = tag === undefined ? undefined : attributeOf(tag);
  if (tag === undefined || attribute === undefined) {
    const shown = /^[A-Za-z0-9.]{1,64}$/.test(name) ? name : "with that name";
    throw new Problem(
      "invalid-request",
      `There is no matching key ${shown}. The conformance statement lists them.`,
    );
  }
  // Modality belongs to the series, yet clients ask for it at study level and mean ModalitiesInStudy.
  if (level === "study" && attribute.keyword === "Modality") return "00080061";
  if (!(levelsAbove[level] as readonly Level[]).includes(attribute.level)) {
    throw new Problem(
      "invalid-request",
      `${attribute.keyword} belongs to the ${attribute.level} level; search there.`,
    );
  }
  return tag;
}

function offsetOf(query: URLSearchParams): number {
  const offset = wholeNumber(query, "offset", 0) ?? 0;
  if (offset <= searchLimits.maximumOffset) return offset;
  throw new Problem(
    "invalid-request",
    `offset is at most ${searchLimits.maximumOffset}; follow the Link header to go further.`,
    {
      extensions: { limit: searchLimits.maximumOffset },
    },
  );
}

function wholeNumber(query: URLSearchParams, name: string, least: number): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^\d{1,9}$/.test(value) || Number(value) < least)
    throw new Problem("invalid-request", `${name} must be a whole number, ${least} or more.`);
  return Number(value);
}

function booleanOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === "false") return false;
  if (value === "true" || value === "") return true;
  throw new Problem("invalid-request", `${name} must be true or false.`);
}

function includedFields(query: URLSearchParams): ReadonlySet<string> | "all" {
  const names = query.getAll("includefield").flatMap((value) => value.split(","));
  if (names.includes("all")) return "all";
  // PS3.18 §8.3.4.3: unknown attributes are not an error, they are only not returned.
  return new Set(names.flatMap((name) => tagOf(name) ?? []));
}
