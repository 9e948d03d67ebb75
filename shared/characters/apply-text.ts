/** Makes a study findable by its text in the character set that was chosen: from the table's stream, one change at a time. */
import { studyFindItems } from "../catalog/find-items.ts";
import { identityTags } from "../catalog/identity-tags.ts";
import type { StudyItem, StudyText } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Item, Key, Table, Write } from "../ports.ts";

const writesPerTransaction = 50;

/**
 * The new search items first, then the study, then the old items go: a search reads both, so at every moment the study is
 * found by the text it shows. A run that dies leaves `pendingText` or `formerFind`, and the next one finishes.
 */
export async function applyText(table: Table, key: StudyKey): Promise<void> {
  for (;;) {
    const study = await read(table, key);
    if (!study?.pendingText) break;
    const shown = shownText(study, study.pendingText);
    const items = studyFindItems(withText(study, shown));
    await Promise.all(items.map((item) => table.write([{ op: "put", item }])));
    if (await show(table, study, shown, items)) break;
  }
  const study = await read(table, key);
  if (study?.formerFind) await forget(table, study, study.formerFind);
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

/** False where another character set or identity was chosen meanwhile. */
async function show(table: Table, study: StudyItem, shown: Shown, items: readonly Item[]): Promise<boolean> {
  const { textRevision = 0, formerFind = [], correctedIdentity } = study;
  const former = without([...formerFind, ...studyFindItems(study)], items);
  const gone = textMembers.filter((name) => shown[name] === undefined && study[name] !== undefined);
  try {
    await table.write([
      {
        op: "update",
        key: keys.study(study),
        set: { ...shown, ...(former.length > 0 && { formerFind: former }) },
        remove: ["pendingText", ...gone, ...(former.length > 0 ? [] : ["formerFind"])],
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

async function forget(table: Table, study: StudyItem, former: readonly Key[]): Promise<void> {
  const deletes = without(former, studyFindItems(study)).map((key): Write => ({ op: "delete", key }));
  for (let at = 0; at < deletes.length; at += writesPerTransaction)
    await table.write(deletes.slice(at, at + writesPerTransaction));
  await table.write([{ op: "update", key: keys.study(study), remove: ["formerFind"] }]);
}

function without(all: readonly Key[], kept: readonly Key[]): readonly Key[] {
  const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
  const keep = new Set(kept.map(nameOf));
  const gone = all.filter((key) => !keep.has(nameOf(key)));
  return [...new Map(gone.map(({ pk, sk }) => [nameOf({ pk, sk }), { pk, sk }])).values()];
}
