/** FHIR HumanName and DICOM person names (PS3.5 §6.2.1). */
import type { PersonName } from "../dicom/json-model.ts";

export interface HumanName {
  readonly text?: string | undefined;
  readonly family?: string | undefined;
  readonly given?: readonly string[] | undefined;
}

const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** Which component group a name belongs to is told by its script. The first of each counts. Undefined where all are empty. */
export function personNameFrom(names: readonly HumanName[] = []): PersonName | undefined {
  const groups = names.map(groupOf).filter((group) => group !== "");
  const ideographic = groups.find(isHan);
  const alphabetic = groups.find((group) => !isHan(group));
  if (ideographic === undefined && alphabetic === undefined) return undefined;
  return {
    ...(alphabetic !== undefined && { Alphabetic: alphabetic }),
    ...(ideographic !== undefined && { Ideographic: ideographic }),
  };
}

/** Without a family name, the text as it is: where 欧阳雪 divides is not ours to guess. */
function groupOf({ text = "", family = "", given = [] }: HumanName): string {
  const parts = [family.trim(), given.map((part) => part.trim()).join(" ")];
  if (parts.join("") === "") return text.trim();
  return parts.join("^").replace(/\^$/, "");
}

/** The component groups as names, the one a reader here knows the patient by first. */
export function humanNames({ Alphabetic, Ideographic }: PersonName): readonly HumanName[] {
  return [Ideographic, Alphabetic].flatMap((group) => (group === undefined ? [] : [humanName(group)]));
}

function humanName(group: string): HumanName {
  const [family = "", given = "", middle = ""] = group.split("^");
  const text = isHan(group) ? family + given + middle : [family, given, middle].filter(Boolean).join(" ");
  if (!group.includes("^")) return { text };
  return { text, family, given: [given, middle].filter((part) => part !== "") };
}

/** One line for a list. */
export const nameText = (name: PersonName | undefined): string | undefined =>
  name && humanNames(name)[0]?.text;
