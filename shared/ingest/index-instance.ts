import type { ClaimItem } from "../catalog/claim-item.ts";
import { ensureStudy } from "../catalog/ensure-study.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import type { StudyItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import { choiceOf, followChoice, revisionOf } from "../characters/follow-choice.ts";
import { readUnder } from "../characters/read-under.ts";
import type { Header } from "../dicom/read.ts";
import { archiveOriginal } from "./archive-original.ts";
import { archiveSource } from "./archive-source.ts";
import { catalogItems } from "./catalog-items.ts";
import { commitInstance } from "./commit-instance.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { LandedFile } from "./landed-file.ts";
import { retainUntil } from "./retention.ts";
import { writeMetadata } from "./write-metadata.ts";

/**
 * From claimed to indexed. Each step may have been done by a run that died: doing it again changes nothing, and only the
 * last, one transaction, makes the instance exist.
 */
export async function indexInstance(
  deps: IngestDependencies,
  landed: LandedFile,
  header: Header,
  key: InstanceKey,
  claim: ClaimItem,
): Promise<void> {
  const until = retainUntil(deps.clock.now(), deps.retentionYears[landed.upload.encounterClass]);
  await archiveSource(deps, key, landed, until);
  const [archived, described] = await Promise.allSettled([
    archiveOriginal(deps, key, landed, until),
    describeChosen(deps, landed, header, key),
  ]);
  // Not Promise.all: the claim must not be given up while a copy is under way, or a second locked version could follow.
  if (archived.status === "rejected") throw archived.reason;
  if (described.status === "rejected") throw described.reason;
  const archiveVersionId = archived.value;
  const items = catalogItems(landed, described.value.header, key, {
    now: deps.clock.now(),
    retainUntil: until,
    textRevision: described.value.textRevision,
    ...(archiveVersionId !== undefined && { archiveVersionId }),
  });
  await ensureStudy(deps.table, items.study, items.series);
  await commitInstance(deps, landed, claim, items.instance, until);
  // Once committed: whoever holds the study after this finds the instance. Retention keeps it until then.
  const study = await followLegalHold(deps, key, archivedOf(items.instance), false);
  await followChoice(deps, key, [{ instance: items.instance, ref: originalOf(items.instance) }], study);
}

/** In the character set the study was given, where it was given one: its metadata, and the header as read in it. */
async function describeChosen(
  deps: IngestDependencies,
  { ref, head, file, source, hospital }: LandedFile,
  found: Header,
  key: InstanceKey,
): Promise<{ readonly header: Header; readonly textRevision: number }> {
  const study = (await deps.table.get(keys.study(key))) as StudyItem | undefined;
  // What is made of a photograph or a report here is in the character set it declares.
  const header = source ? found : await readUnder(deps.objects, ref, head.size, choiceOf(study), found);
  await writeMetadata(deps, key, file.sha256, header.dataset, hospital.keyArn);
  return { header, textRevision: revisionOf(study) };
}
