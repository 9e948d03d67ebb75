/**
 * Search keys of a person name: by hanzi, by pinyin in every reading, by initials, by any Latin component or word. A search is
 * "keys that begin with", so whatever a search may start at is the start of a key. Loads the pinyin dictionary (about 30 ms,
 * 450 KB bundled); functions that only search import `name-queries.ts`.
 */
import { pinyin } from "pinyin-pro";
import { formatPersonName } from "../dicom/person-name.ts";
import { foldName, keyLength, keysMatch, type MatchOptions, type NameText } from "./name-queries.ts";

export type { PersonName } from "../dicom/json-model.ts";
export { keysMatch, namePrefixFor, nameQueryKeys } from "./name-queries.ts";

/** Names are short; what is longer is garbage, and bounded. */
const groupLength = 256;
const syllableLimit = 16;
const readingLimit = 16;
/** Each key is an item of the catalog; readings beyond this many are the unlikely ones. */
const keyLimit = 64;

/** Every key of a name, the whole name of each group first. Bounded: at most 64 keys of at most 64 characters. */
export function nameKeys(name: NameText): readonly string[] {
  const groups = (typeof name === "string" ? name : formatPersonName(name ?? {}))
    .split("=")
    .map((group) => group.slice(0, groupLength).normalize("NFKC"));
  const keys = new Set<string>();
  for (const group of groups) for (const key of groupKeys(group)) addKey(keys, key);
  return [...keys].slice(0, keyLimit);
}

/** `keysMatch` for a name whose keys are not at hand. */
export function matchesName(name: NameText, query: string, options: MatchOptions = {}): boolean {
  return keysMatch(nameKeys(name), query, options);
}

function addKey(keys: Set<string>, key: string): void {
  // The cut may fall into a surrogate pair.
  const cut = key.slice(0, keyLength).replace(/[\ud800-\udbff]$/, "");
  if (cut !== "") keys.add(cut);
}

function* groupKeys(group: string): Generator<string> {
  yield foldName(group);
  const characters = [...foldName(group)].filter(isIdeographic);
  yield* suffixes(characters);
  yield* pinyinKeys(characters);
  yield* latinKeys(group);
}

/** Scripts written without spaces: any character may be where a search starts. */
const isIdeographic = (character: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character);

function* suffixes(characters: readonly string[]): Generator<string> {
  const last = Math.min(characters.length, syllableLimit);
  for (let start = 0; start < last; start++) yield characters.slice(start).join("");
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

/** Components and their words, given name first as well, and all of it without accents. */
function* latinKeys(group: string): Generator<string> {
  const components = group.split("^").map((component) => component.trim());
  const [family = "", given = ""] = components;
  const texts = [
    ...components,
    ...components.flatMap((component) => component.split(/[^\p{L}\p{N}\p{M}]+/u)),
    given === "" ? "" : given + family,
  ];
  for (const text of texts
    .map((each) => foldName(each))
    .filter((each) => each !== "" && !isIdeographic(each))) {
    yield text;
    yield withoutAccents(text);
  }
  if (!isIdeographic(group)) yield withoutAccents(foldName(group));
}

const withoutAccents = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
