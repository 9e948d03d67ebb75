/** Makes a study findable by its text as it was set anew: from the table's stream, one change at a time. */
import { allFindItems } from "../catalog/find-items.ts";
import { identityTags } from "../catalog/identity-tags.ts";
import type { StudyItem, StudyText } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { readModalities } from "../catalog/reindex-study.ts";
import { ConditionFailed } from "../errors.ts";
import type { Table } from "../ports.ts";

/**
 * The new search items first, then the study: a search reads both, so at every moment the study is found by the text it
 * shows. That change of the study is in the stream in its turn, and takes the old items away (`reindexing`). A run that dies
 * leaves `pendingText`, and the next one finishes.
 */
export async function applyText(table: Table, key: StudyKey): Promise<void> {
  for (;;) {
    const study = await read(table, key);
    if (!study?.pendingText) return;
    const shown = shownText(study, study.pendingText);
    const items = allFindItems(withText(study, shown), await readModalities(table, key));
    await Promise.all(items.map((item) => table.write([{ op: "put", item }])));
    if (await show(table, study, shown)) return;
  }
}

const read = async (table: Table, key: StudyKey): Promise<StudyItem | undefined> =>
  (await table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;

const textMembers = ["attributes", "patientId", "studyDate", "nameKeys"] as const;
type Shown = StudyText & Pick<StudyItem, "correctedIdentity">;

/** A study shown under its order's patient stays so, and will be what its images say in the new text. */
function shownText(
  { attributes, patientId, nameKeys, correctedIdentity }: StudyItem,
  text: StudyText,
): Shown {
  if (!correctedIdentity) return text;
  const isIdentity = (tag: string): boolean => (identityTags as readonly string[]).includes(tag);
  const ofOrder = Object.entries(attributes).filter(([tag]) => isIdentity(tag));
  const ofImages = Object.entries(text.attributes).filter(([tag]) => !isIdentity(tag));
  const { studyDate } = text;
  return {
    attributes: Object.fromEntries([...ofImages, ...ofOrder]),
    ...(patientId !== undefined && { patientId }),
    ...(studyDate !== undefined && { studyDate }),
    ...(nameKeys && { nameKeys }),
    correctedIdentity: { ...correctedIdentity, original: text },
  };
}

/** A name that is no longer one leaves no keys behind. */
function withText(study: StudyItem, shown: Shown): StudyItem {
  const kept = Object.entries(study).filter(
    ([name]) => !textMembers.includes(name as (typeof textMembers)[number]),
  );
  return { ...Object.fromEntries(kept), ...shown } as StudyItem;
}

/** False where another text or identity was set meanwhile. */
async function show(table: Table, study: StudyItem, shown: Shown): Promise<boolean> {
  const { textRevision = 0, correctedIdentity } = study;
  const gone = textMembers.filter((name) => shown[name] === undefined && study[name] !== undefined);
  try {
    await table.write([
      {
        op: "update",
        key: keys.study(study),
        set: { ...shown },
        remove: ["pendingText", ...gone],
        when: [
          [
            { attribute: "textRevision", is: "=", value: textRevision },
            { attribute: "correctedIdentity", is: correctedIdentity ? "present" : "absent" },
          ],
        ],
      },
    ]);
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}
