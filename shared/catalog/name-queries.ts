/**
 * How a typed name meets the search keys of `names.ts`. Apart from them so that a function that only searches does not load
 * the pinyin dictionary.
 */
import type { PersonName } from "../dicom/json-model.ts";
import { matchesWildcard } from "./wildcard.ts";

/** Longest key; longer names are found by their beginning. */
export const keyLength = 64;

/**
 * A name, or part of one, as keys and queries compare it: width and case folded, without delimiters, spaces and
 * punctuation. `keep`: characters that stay, as a class of a regular expression.
 */
export function foldName(text: string, keep = ""): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(new RegExp(`[^\\p{L}\\p{N}\\p{M}${keep}]`, "gu"), "");
}

/** A group longer than any key finds nothing, as nobody can say whether a cut name goes on like it; this bounds the work. */
const queryLength = 256;
const wildcards = "*?";
const hasWildcard = (text: string): boolean => /[*?]/.test(text);

/** Component groups of a PN query: each that is given must match (PS3.4 §C.2.2.2.1). */
const groupsOf = (query: string): readonly string[] =>
  query
    .slice(0, queryLength)
    .normalize("NFKC")
    .replaceAll(/\*(?:\^\*)+/g, "*")
    .split("=")
    .filter((group) => foldName(group) !== "" || /^[*?]+$/.test(group));

/** A value of which nothing remains to compare, such as `^` or a cut-off character: it is not a universal match. */
export const meansNobody = (query: string): boolean => query !== "" && groupsOf(query).length === 0;

/** Words of a query, folded: with fuzzy matching each must begin a key (PS3.18 §8.3.4.2). */
export function nameQueryKeys(query: string): readonly string[] {
  const words = query
    .slice(0, queryLength)
    .normalize("NFKC")
    .split(/[\s^=*?,]+/u);
  return words.map((word) => foldName(word)).filter((word) => word !== "");
}

/** A name as one string. */
export type NameText = PersonName | string;

export interface MatchOptions {
  /** Every word of the query begins some word, syllable or character of the name. */
  readonly fuzzy?: boolean;
}

/**
 * Whether a name with these keys is meant by the query. Without wildcards a single word, or components joined by `^`, match a
 * whole key (a name, one of its components, its pinyin, its initials); several words match as a beginning: `Wang Xiao`.
 * `*` and `?` match as in PS3.4 §C.2.2.2.4. Empty and `*` match every name, a value of which nothing remains matches none.
 */
export function keysMatch(keys: readonly string[], query: string, options: MatchOptions = {}): boolean {
  if (meansNobody(query)) return false;
  const words = options.fuzzy ? nameQueryKeys(query) : [];
  if (words.length > 0) return words.every((word) => keys.some((key) => key.startsWith(word)));
  return groupsOf(query).every((group) => groupMatches(keys, group));
}

function groupMatches(keys: readonly string[], group: string): boolean {
  if (!hasWildcard(group)) {
    const folded = foldName(group);
    return isBeginning(group) ? keys.some((key) => key.startsWith(folded)) : keys.includes(folded);
  }
  const pattern = foldName(group, wildcards);
  const meant = /^[*?]+$/.test(pattern) ? wholeNames(keys) : keys;
  return meant.some((key) => matchesWildcard(key, pattern));
}

/** Without the parts of names that are keys too: `?` counts the characters of a name, not of its last syllable. */
const wholeNames = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => !keys.some((other) => other !== key && other.endsWith(key)));

const isBeginning = (group: string): boolean => /\S\s+\S/u.test(group) && !group.includes("^");

/**
 * The beginning that every key of interest has: a search reads the keys that begin with it, then checks `keysMatch`. A
 * leading `*` reaches the beginning of any hanzi, syllable or word, not the middle of a Latin word. Undefined: no prefix
 * serves the query (only wildcards, or a leading `?`).
 */
export function namePrefixFor(query: string, options: MatchOptions = {}): string | undefined {
  if (options.fuzzy) return longest(nameQueryKeys(query));
  const prefixes = groupsOf(query).map((group) => {
    const pattern = foldName(group, wildcards).replace(/^\*+/, "");
    return pattern.split(/[*?]/, 1)[0] ?? "";
  });
  return longest(prefixes);
}

function longest(prefixes: readonly string[]): string | undefined {
  const found = prefixes.reduce((best, prefix) => (prefix.length > best.length ? prefix : best), "");
  return found === "" ? undefined : found.slice(0, keyLength);
}
