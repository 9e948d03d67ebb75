import type { ClaimItem } from "../catalog/claim-item.ts";
import { extendStudyRetention } from "../catalog/ensure-study.ts";
import { keys } from "../catalog/keys.ts";
import { sourceOf } from "../catalog/original-of.ts";
import { objectKeys } from "../object-keys.ts";
import type { Write } from "../ports.ts";
import { ingestAudit } from "./audit-write.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finalWrites } from "./file-state.ts";
import type { LandedFile } from "./landed-file.ts";
import { retainUntil } from "./retention.ts";

/** The same bytes again: nothing is stored twice. An upload whose encounter asks for longer extends the retention. */
export async function recordDuplicate(
  deps: IngestDependencies,
  { file, upload, source }: LandedFile,
  committed: ClaimItem,
): Promise<void> {
  const { studyUid, seriesUid, sopUid } = committed;
  // Superseded bytes are there for good too, but no longer what the study is kept for.
  const old = committed.superseded?.includes(file.sha256);
  const longer = old ? undefined : longerRetention(deps, upload.encounterClass, committed);
  if (longer) {
    const key = objectKeys.original(committed, committed.sha256);
    const { archiveVersionId: versionId } = committed;
    await deps.objects.extendRetention(
      { bucket: "archive", key, ...(versionId !== undefined && { versionId }) },
      longer,
    );
    const photograph = source && sourceOf({ ...committed, source });
    if (photograph) await deps.objects.extendRetention(photograph, longer);
    await extendStudyRetention(deps.table, committed, longer.toISOString());
  }
  await deps.table.write([
    ...finalWrites(file, "duplicate", deps.clock.now(), { studyUid, seriesUid, sopUid }),
    ...(longer ? extended(committed, longer) : []),
    ingestAudit(deps, "recordDuplicate", file, {
      studyUid,
      seriesUid,
      sopUid,
      uploadId: file.uploadId,
      detail: `file ${file.fileId}`,
    }),
  ]);
}

function longerRetention(
  { retentionYears }: IngestDependencies,
  encounterClass: LandedFile["upload"]["encounterClass"],
  { committedAt, retainUntil: current }: ClaimItem,
): Date | undefined {
  if (committedAt === undefined || current === undefined) return undefined;
  const asked = retainUntil(new Date(committedAt), retentionYears[encounterClass]);
  return asked.toISOString() > current ? asked : undefined;
}

function extended(committed: ClaimItem, until: Date): readonly Write[] {
  const set = { retainUntil: until.toISOString() };
  return [{ op: "update", key: keys.claim(committed, committed.sopUid), set }];
}
