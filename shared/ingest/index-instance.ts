import type { ClaimItem } from "../catalog/claim-item.ts";
import { ensureStudy } from "../catalog/ensure-study.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import { followChoice } from "../characters/follow-choice.ts";
import type { Header } from "../dicom/read.ts";
import { replaceAbandoned } from "./abandoned.ts";
import { archiveOriginal, archiveUncorrected } from "./archive-original.ts";
import { archiveSource } from "./archive-source.ts";
import { catalogItems } from "./catalog-items.ts";
import { commitInstance } from "./commit-instance.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { describeChosen } from "./describe-chosen.ts";
import type { LandedFile } from "./landed-file.ts";
import { retainUntil } from "./retention.ts";

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
  const correctedFrom = await archiveUncorrected(deps, key, landed, until);
  const items = catalogItems(landed, described.value.header, key, {
    now: deps.clock.now(),
    retainUntil: until,
    textRevision: described.value.textRevision,
    ...(archiveVersionId !== undefined && { archiveVersionId }),
    ...(correctedFrom && { correctedFrom }),
  });
  await ensureStudy(deps.table, items.study, items.series);
  if (landed.source) await replaceAbandoned(deps, claim, landed.source, items);
  await commitInstance(deps, landed, claim, items.instance, until);
  // Once committed: whoever holds the study after this finds the instance. Retention keeps it until then.
  const study = await followLegalHold(deps, key, archivedOf(items.instance), false);
  await followChoice(deps, key, [{ instance: items.instance, ref: originalOf(items.instance) }], study);
}
