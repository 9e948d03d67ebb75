/** A person decides in which character set a study's text is read, or takes the decision back. Originals are never touched. */
import type { Grant } from "../access/grant.ts";
import { instancePage } from "../catalog/instance-page.ts";
import type { InstanceItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey } from "../catalog/keys.ts";
import { originalOf } from "../catalog/original-of.ts";
import type { CharacterSetReply, CharacterSetRequest } from "../contract/schemas/catalog.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { describedStudy } from "../ingest/catalog-items.ts";
import { firstInstance } from "../ingest/describe-replaced.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Clock } from "../ports.ts";
import { askExamination } from "../quality/examine-study.ts";
import { type Choice, checkedChoice } from "./choice.ts";
import { choiceOf, followChoice, revisionOf } from "./follow-choice.ts";
import { readUnder } from "./read-under.ts";

/** Each is read by ranges and written again: done in about ten seconds. */
const instancesPerRequest = 100;
const tries = 5;

/**
 * First on record, with the study's own text, then its instances, so that what arrives meanwhile follows the record. May be
 * repeated. Answers how many instances were read again, and `next` where the study holds more.
 */
export async function setCharacterSet(
  grant: Grant,
  clock: Clock,
  { characterSet, cursor }: CharacterSetRequest,
): Promise<CharacterSetReply> {
  const { study } = grant;
  if (!study) throw new TypeError(`${grant.action} ran without a study`);
  const choice = checkedChoice(characterSet);
  const after = cursor === undefined ? undefined : decode(cursor);
  if (after === undefined) await record(grant, study, choice, clock.now());
  else await grant.audit({ hospital: study, studyUid: study.studyUid, detail: `${choice}, continued` });
  const { instances, next } = await instancePage(grant.table, study, after, instancesPerRequest);
  const originals = instances.map((instance) => ({ instance, ref: originalOf(instance) }));
  const followed = await followChoice(grant, study, originals, undefined);
  if (choiceOf(followed) !== choice)
    throw new Problem("conflict", "Somebody else chose another character set meanwhile.");
  if (!next) await askExamination({ table: grant.table, clock }, study);
  const { studyUid } = study;
  return {
    studyUid,
    characterSet: choice,
    instances: instances.length,
    ...(next && { next: encodePlace(next.sk) }),
  };
}

/** The same choice again is no new one: its instances are only looked through for what a run that died left. */
async function record(grant: Grant, key: StudyKey, choice: Choice, at: Date): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const study = (await grant.table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
    if (!study) throw new Problem("not-found", "There is no such study.");
    const audit = grant.auditWrites({ hospital: key, studyUid: key.studyUid, detail: choice });
    if (choiceOf(study) === choice) return grant.table.write(audit);
    const revision = revisionOf(study);
    const chosen = { choice, by: grant.caller.principal.id, at: at.toISOString() };
    const pendingText = await textOf(grant, study, choice);
    const value = { attribute: "textRevision", is: "=", value: revision } as const;
    try {
      return await grant.table.write([
        {
          op: "update",
          key: keys.study(key),
          set: { characterSet: chosen, textRevision: revision + 1, ...(pendingText && { pendingText }) },
          when: revision === 0 ? [[{ attribute: "textRevision", is: "absent" }]] : [[value]],
        },
        ...audit,
      ]);
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === tries) throw error;
    }
  }
}

/** Of the instance that described the study; undefined while none of it is there. */
async function textOf({ table, objects }: Grant, study: StudyItem, choice: Choice) {
  const { describedBy } = study;
  const described = describedBy && (await table.get(keys.instance({ ...study, ...describedBy })));
  const instance = (described as InstanceItem | undefined) ?? (await firstInstance(table, study));
  if (!instance) return undefined;
  return describedStudy(await readUnder(objects, originalOf(instance), instance.size, choice));
}

/** The next request goes on after this instance's key. */
const ofInstance = new RegExp(`^${prefixes.instances()}.*$`, "s");

const decode = (cursor: string): string => decodePlace(cursor, ofInstance, "setting a character set")[0];
