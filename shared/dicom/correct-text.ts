/** Second look at text whose bytes and declaration disagree, once the whole header is known. */
import { guessEncoding, holdsUtf8 } from "./guess-character-set.ts";
import type { Dataset } from "./json-model.ts";
import { decodeLabel } from "./text-decoders.ts";
import { type Suspect, valuesOf } from "./values.ts";

export type Correction = "GB18030" | "ISO_IR 192";

const corrections = { gb18030: "GB18030", "utf-8": "ISO_IR 192" } as const;

/**
 * Decodes suspect values anew where their content says so, in place.
 *
 * @returns the character set they were found to be in; undefined where the declaration stands
 */
export function correctText(suspects: readonly Suspect[]): Correction | undefined {
  if (suspects.length === 0) return undefined;
  const guesses = suspects.map(guessOf);
  const chinese = guesses.includes("gb18030");
  let found: Correction | undefined;
  suspects.forEach((suspect, index) => {
    const guess = guesses[index] === "unsure" && chinese ? "gb18030" : guesses[index];
    if (guess !== "gb18030" && guess !== "utf-8") return;
    const values = valuesOf(suspect.traits.kind, decodeLabel(guess, suspect.bytes));
    if (values) suspect.element.Value = values;
    found ??= corrections[guess];
  });
  return found;
}

/** A value declared UTF-8 is only doubted when it is none; cut in its last character, it is. */
function guessOf({ bytes, characterSet }: Suspect): "gb18030" | "utf-8" | "unsure" | "latin" {
  if (characterSet.belief === "utf-8")
    return !holdsUtf8(bytes) && guessEncoding(bytes) === "gb18030" ? "gb18030" : "latin";
  return guessEncoding(bytes);
}

/** Text beyond ASCII makes the JSON say that it is UTF-8, also where the file declared nothing (PS3.18 §F.2). */
export function declareUtf8(dataset: Dataset, decoded: boolean): Dataset {
  if (!decoded || dataset["00080005"]?.Value) return dataset;
  return { "00080005": { vr: "CS", Value: ["ISO_IR 192"] }, ...dataset };
}
