/** Person names (PS3.5 §6.2.1): up to three component groups, each of up to five components. */
import type { Dataset, PersonName } from "./json-model.ts";
import { withoutPadding } from "./padding.ts";

export interface NameComponents {
  readonly family: string;
  readonly given: string;
  readonly middle: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** One value of a PN, `Wang^XiaoMing=王^小明`, as the JSON model has it. Undefined where all groups are empty. */
export function parsePersonName(text: string): PersonName | undefined {
  const [alphabetic = "", ideographic = "", ...rest] = text.split("=").map(withoutPadding);
  // There is no fourth group: what a careless writer put there stays readable.
  const phonetic = rest.join("=");
  if (alphabetic === "" && ideographic === "" && phonetic === "") return undefined;
  return {
    ...(alphabetic !== "" && { Alphabetic: alphabetic }),
    ...(ideographic !== "" && { Ideographic: ideographic }),
    ...(phonetic !== "" && { Phonetic: phonetic }),
  };
}

/** The value as it is in a data set, without trailing delimiters. */
export function formatPersonName(name: PersonName): string {
  const groups = [name.Alphabetic ?? "", name.Ideographic ?? "", name.Phonetic ?? ""].join("=");
  let end = groups.length;
  while (groups[end - 1] === "=") end--;
  return groups.slice(0, end);
}

/** One component group by its components; those left out are empty. */
export function nameComponents(group: string): NameComponents {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = group
    .split("^")
    .map((component) => component.trim());
  return { family, given, middle, prefix, suffix };
}

/** First value of a PN element; undefined where absent or empty. */
export function personNameOf(dataset: Dataset, tag: string): PersonName | undefined {
  const value = dataset[tag]?.Value?.[0];
  return dataset[tag]?.vr === "PN" && typeof value === "object" && value !== null
    ? (value as PersonName)
    : undefined;
}
