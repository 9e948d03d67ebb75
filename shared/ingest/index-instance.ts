import type { ClaimItem } from "../catalog/claim-item.ts";
import { ensureStudy } from "../catalog/ensure-study.ts";
import { followLegalHold } from "../catalog/follow-legal-hold.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import { archivedOf } from "../catalog/original-of.ts";
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
  const { sha256 } = landed.file;
  await archiveSource(deps, key, landed, until);
  const [archived, described] = await Promise.allSettled([
    archiveOriginal(deps, key, landed, until),
    writeMetadata(deps, key, sha256, header.dataset, landed.hospital.keyArn),
  ]);
  // Not Promise.all: the claim must not be given up while a copy is under way, or a second locked version could follow.
  if (archived.status === "rejected") throw archived.reason;
  if (described.status === "rejected") throw described.reason;
  const archiveVersionId = archived.value;
  const items = catalogItems(landed, header, key, {
    now: deps.clock.now(),
    retainUntil: until,
    ...(archiveVersionId !== undefined && { archiveVersionId }),
  });
  await ensureStudy(deps.table, items.study, items.series);
  await commitInstance(deps, landed, claim, items.instance, until);
  // Once committed: whoever holds the study after this finds the instance. Retention keeps it until then.
  await followLegalHold(deps, key, archivedOf(items.instance), false);
}
