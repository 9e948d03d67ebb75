/**
 * Search keys of a person name: by hanzi, by pinyin in every reading, by initials, by any Latin component or word. A search is
 * "keys that begin with", so whatever a search may start at is the start of a key. Loads the pinyin dictionary (about 30 ms,
 * 450 KB bundled), so only ingest imports it: the keys are stored with the study, and a search knows no other.
 */
import { pinyin } from "pinyin-pro";
import { keysMatch, type MatchOptions, type NameText } from "./name-queries.ts";
import {
  boundedKeys,
  groupsOfName,
  ideographsOf,
  latinKeys,
  suffixes,
  syllableLimit,
  wholeKey,
  wholeLatinKeys,
} from "./written-names.ts";

export type { PersonName } from "../dicom/json-model.ts";

const readingLimit = 16;

/** Every key of a name, the whole name of each group first. Bounded: at most 64 keys of at most 64 characters. */
export function nameKeys(name: NameText): readonly string[] {
  const groups = groupsOfName(name);
  const of = groups.join("=");
  if (latest?.of !== of) latest = { of, keys: boundedKeys(groups.flatMap((group) => [...groupKeys(group)])) };
  return latest.keys;
}

/** The images of a study bear one name and come one after the other. */
let latest: { readonly of: string; readonly keys: readonly string[] } | undefined;

/** A name as a whole in every way it may be written without hanzi: in pinyin, in Latin letters, given name first. Folded. */
export function wholeNameKeys(name: NameText): readonly string[] {
  return boundedKeys(
    groupsOfName(name).flatMap((group) => [
      ...combinations(readingsOf(ideographsOf(group).slice(0, syllableLimit))).filter((key) => key !== ""),
      ...wholeLatinKeys(group),
    ]),
  );
}

/** `keysMatch` for a name whose keys are not at hand. */
export function matchesName(name: NameText, query: string, options: MatchOptions = {}): boolean {
  return keysMatch(nameKeys(name), query, options);
}

function* groupKeys(group: string): Generator<string> {
  const characters = ideographsOf(group);
  yield wholeKey(group);
  yield* suffixes(characters);
  yield* pinyinKeys(characters);
  yield* latinKeys(group);
}

/** Full pinyin, pinyin from each syllable on, initials; in all readings. */
function* pinyinKeys(characters: readonly string[]): Generator<string> {
  const syllables = readingsOf(characters.slice(0, syllableLimit));
  for (let start = 0; start < syllables.length; start++) yield* combinations(syllables.slice(start));
  if (syllables.length > 1)
    yield* combinations(syllables.map((readings) => [...new Set(readings.map((r) => r.charAt(0)))]));
}

/** Readings of each hanzi, the one as a surname first. Characters without any are left out. */
function readingsOf(characters: readonly string[]): readonly (readonly string[])[] {
  const han = characters.filter((character) => /\p{Script=Han}/u.test(character));
  if (han.length === 0) return [];
  const inContext = pinyin(han.join(""), { surname: "head", toneType: "none", type: "array", v: true });
  return han
    .map((character, index) => {
      const all = pinyin(character, { multiple: true, toneType: "none", type: "array", v: true });
      const usual = inContext.length === han.length ? [inContext[index] as string] : [];
      return [...new Set([...usual, ...all])]
        .filter((reading) => /^[a-z]+$/.test(reading))
        .flatMap(spellings);
    })
    .filter((readings) => readings.length > 0);
}

/** ü is typed as v, written lu/nu on tickets and lyu/nyu in passports. */
function spellings(reading: string): readonly string[] {
  if (!/^[ln]v/.test(reading)) return [reading];
  return [reading, reading.replace("v", "u"), reading.replace("v", "yu")];
}

function combinations(syllables: readonly (readonly string[])[]): readonly string[] {
  return syllables.reduce<readonly string[]>(
    (heads, readings) =>
      heads.flatMap((head) => readings.map((reading) => head + reading)).slice(0, readingLimit),
    [""],
  );
}
