/** In which character set a study's text is read: what a person chose, or what the content shows. */
import { isCharacterSetTerm } from "../dicom/character-sets.ts";
import { Problem } from "../errors.ts";

/**
 * `automatic`: as the content shows; `declared`: as each file declares, whatever the content; else the defined terms of
 * Specific Character Set (PS3.3 §C.12.1.1.2), joined as in the attribute.
 */
export type Choice = string;

export const automatic = "automatic";
export const declared = "declared";

/** Throws Problem("invalid-request") for what names no character set. */
export function checkedChoice(asked: string): Choice {
  if (asked === automatic || asked === declared) return asked;
  // The first of several may be empty: the default repertoire.
  const unknown = termsOf(asked).filter(
    (term, index) => !(isCharacterSetTerm(term) || (term === "" && index === 0)),
  );
  if (asked !== "" && unknown.length === 0) return asked;
  const what = "is not a character set: give GB18030, GBK, ISO_IR 192, ISO_IR 100 …, declared or automatic.";
  throw new Problem("invalid-request", `characterSet ${what}`, { extensions: { parameter: "characterSet" } });
}

export const termsOf = (choice: Choice): readonly string[] => choice.split("\\");
