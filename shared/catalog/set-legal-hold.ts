import type { Grant } from "../access/grant.ts";
import type { LegalHoldReply, LegalHoldRequest } from "../contract/schemas/catalog.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Clock, ObjectRef, Write } from "../ports.ts";
import { followLegalHold } from "./follow-legal-hold.ts";
import { instancePage } from "./instance-page.ts";
import { keys, prefixes, type StudyKey } from "./keys.ts";
import { listAll } from "./list-all.ts";
import { archivedOf } from "./original-of.ts";

/** Enough for nearly every study, and done in seconds. */
const instancesPerRequest = 1000;

/**
 * Holds a study, or releases it: first on record, then on its originals and signed reports, so that what arrives meanwhile
 * sees the record. May be repeated. Answers how many originals were done, and `next` where the study holds more.
 */
export async function setLegalHold(
  grant: Grant,
  clock: Clock,
  { hold, reason, cursor }: LegalHoldRequest,
): Promise<LegalHoldReply> {
  const { study } = grant;
  if (!study) throw new TypeError(`${grant.action} ran without a study`);
  const { studyUid } = study;
  const after = cursor === undefined ? undefined : decode(cursor);
  if (after === undefined) await record(grant, study, clock.now(), { hold, reason });
  else await grant.audit({ hospital: study, studyUid, detail: `${wordFor(hold)}, continued` });
  const { instances, next } = await instancePage(grant.table, study, after, instancesPerRequest);
  const originals = instances.flatMap(archivedOf);
  const reports = next ? [] : await signedDocuments(grant, study);
  const held = await followLegalHold(grant, study, [...originals, ...reports]);
  if ((held?.legalHold !== undefined) !== hold)
    throw new Problem("conflict", "Somebody else held or released this study meanwhile.");
  return { studyUid, hold, instances: instances.length, ...(next && { next: encodePlace(next.sk) }) };
}

async function record(
  grant: Grant,
  study: StudyKey,
  at: Date,
  { hold, reason }: { readonly hold: boolean; readonly reason: string },
): Promise<void> {
  const legalHold = { reason, by: grant.caller.principal.id, at: at.toISOString() };
  const write: Write = {
    op: "update",
    key: keys.study(study),
    ...(hold ? { set: { legalHold } } : { remove: ["legalHold"] }),
    when: [[{ attribute: "pk", is: "present" }]],
  };
  const detail = `${wordFor(hold)}: ${reason}`;
  try {
    await grant.table.write([
      write,
      ...grant.auditWrites({ hospital: study, studyUid: study.studyUid, detail }),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw new Problem("not-found", "There is no such study.", { cause: error });
  }
}

async function signedDocuments({ objects }: Grant, study: StudyKey): Promise<readonly ObjectRef[]> {
  const found: ObjectRef[] = [];
  for await (const { key } of listAll(objects, "archive", objectKeys.signedReports(study)))
    found.push({ bucket: "archive", key });
  return found;
}

const wordFor = (hold: boolean): string => (hold ? "hold" : "release");

/** The next request goes on after this instance's key. */
const ofInstance = new RegExp(`^${prefixes.instances()}.*$`, "s");

const decode = (cursor: string): string => decodePlace(cursor, ofInstance, "a legal hold")[0];
