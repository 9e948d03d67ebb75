/** The keys of a person name that stand in it as written: hanzi, components, words. No dictionary is needed for these. */
import { formatPersonName } from "../dicom/person-name.ts";
import { foldName, keyLength, type NameText } from "./name-queries.ts";

/** Names are short; what is longer is garbage, and bounded. */
const groupLength = 256;
export const syllableLimit = 16;
/** Keys of one name: each is an item of the catalog, and what exceeds this are the unlikely readings. */
const keyLimit = 64;

/** Keys of a name that is not indexed, such as a referring physician's: everything of `nameKeys` but pinyin. */
export function writtenNameKeys(name: NameText): readonly string[] {
  return boundedKeys(
    groupsOfName(name).flatMap((group) => [
      wholeKey(group),
      ...suffixes(ideographsOf(group)),
      ...latinKeys(group),
    ]),
  );
}

/** Component groups (PS3.5 §6.2.1.1), width folded. */
export function groupsOfName(name: NameText): readonly string[] {
  return (typeof name === "string" ? name : formatPersonName(name ?? {}))
    .split("=")
    .map((group) => group.slice(0, groupLength).normalize("NFKC"));
}

/** At most 64 different keys of at most 64 characters, in the order given. */
export function boundedKeys(keys: readonly string[]): readonly string[] {
  // The cut may fall into a surrogate pair.
  const cut = keys.map((key) => key.slice(0, keyLength).replace(/[\ud800-\udbff]$/, ""));
  return [...new Set(cut)].filter((key) => key !== "").slice(0, keyLimit);
}

export const wholeKey = (group: string): string => foldName(group);

export const ideographsOf = (group: string): readonly string[] => [...foldName(group)].filter(isIdeographic);

/** Scripts written without spaces: any character may be where a search starts. */
const isIdeographic = (character: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character);

export function* suffixes(characters: readonly string[]): Generator<string> {
  const last = Math.min(characters.length, syllableLimit);
  for (let start = 0; start < last; start++) yield characters.slice(start).join("");
}

/** Components and their words, given name first as well, and all of it without accents. */
export function* latinKeys(group: string): Generator<string> {
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

/** The whole name, family or given name first, with and without accents; nothing of a name in hanzi. */
export function wholeLatinKeys(group: string): readonly string[] {
  const [family = "", given = ""] = group.split("^");
  const whole = [group, given + family].map((text) => foldName(text)).filter((text) => text !== "");
  return whole.some(isIdeographic) ? [] : whole.flatMap((text) => [text, withoutAccents(text)]);
}

const withoutAccents = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
