import type { StudyKey } from "../catalog/keys.ts";
import { archivedOf } from "../catalog/original-of.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ListedVersion } from "../ports.ts";
import { auditCounts } from "./audit-counts.ts";
import { auditDerived } from "./audit-derived.ts";
import { auditOriginals } from "./audit-originals.ts";
import { auditReports } from "./audit-reports.ts";
import { auditSearch } from "./audit-search.ts";
import { readStudyContents, type StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** Holds a study's originals, as the archive lists them, against everything the catalog says of it. Answers how much that was. */
export async function auditStudy(
  audit: LedgerAudit,
  key: StudyKey,
  versions: readonly ListedVersion[],
): Promise<number> {
  const contents = await readStudyContents(audit.table, key);
  await auditOriginals(audit, key, versions, contents);
  await auditEmpty(audit, key, versions, contents);
  await auditCounts(audit, key, contents);
  await auditSearch(audit, contents);
  await auditDerived(audit, key, contents);
  await auditReports(audit, key, contents);
  return 1 + Math.max(versions.length, contents.instances.flatMap(archivedOf).length);
}

/**
 * A study is written a moment before its first instance. One that never got any is shown by no search; it is explained where
 * an original of it gave way before it was indexed.
 */
async function auditEmpty(
  { objects, tally }: LedgerAudit,
  key: StudyKey,
  versions: readonly ListedVersion[],
  { study, instances }: StudyContents,
): Promise<void> {
  if (!study || instances.length > 0) return;
  for (const { key: original, versionId, deleted } of versions)
    if (!deleted && isSuperseded(await objects.tagsOf({ bucket: "archive", key: original, versionId })))
      return tally.explain("rolled-up");
  tally.await("rolled-up", false, study.createdAt, { ...key, detail: "is there, and holds no instance" });
}
