/** Whether two names may be one person's. Loads the dictionary of pinyin, so it is imported where names are compared only. */
import { wholeNameKeys } from "../catalog/names.ts";
import { groupsOfName, ideographsOf } from "../catalog/written-names.ts";
import type { PersonName } from "../dicom/json-model.ts";

/**
 * 张伟, Zhang^Wei and ZHANG WEI agree. Where both are written in hanzi these decide: 张伟 and 章玮 sound alike and are two
 * people.
 */
export function namesAgree(one: PersonName, other: PersonName): boolean {
  const [hanzi, otherHanzi] = [hanziOf(one), hanziOf(other)];
  if (hanzi !== "" && otherHanzi !== "") return hanzi === otherHanzi;
  const others = new Set(wholeNameKeys(other));
  return wholeNameKeys(one).some((key) => others.has(key));
}

const hanziOf = (name: PersonName): string =>
  groupsOfName(name)
    .map((group) => ideographsOf(group).join(""))
    .find((characters) => characters !== "") ?? "";
