/** What became of a study's text, as findings: corrected by its content, or read as a person chose. */
import type { Found } from "../catalog/findings.ts";
import type { StudyItem } from "../catalog/items.ts";
import { automatic } from "../characters/choice.ts";
import { choiceOf } from "../characters/follow-choice.ts";
import type { Examined } from "./read-instances.ts";

/** What a file that declares nothing says (PS3.3 §C.12.1.1.2). */
const none = "ISO_IR 6";

export function characterFindings(
  study: StudyItem | undefined,
  instances: readonly Examined[],
): readonly Found[] {
  const choice = choiceOf(study);
  if (choice !== automatic) return [{ code: "text-assigned", values: { choice, images: instances.length } }];
  const corrected = instances.filter(({ characterSet }) => characterSet?.corrected);
  const [first] = corrected;
  if (!first?.characterSet) return [];
  const { declared, used } = first.characterSet;
  const named = (terms: readonly string[]): string => terms.join("\\") || none;
  const values = { images: corrected.length, declared: named(declared), used: named(used) };
  return [{ code: "text-corrected", values }];
}
