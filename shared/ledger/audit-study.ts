import type { StudyKey } from "../catalog/keys.ts";
import type { ListedVersion } from "../ports.ts";
import { auditCounts } from "./audit-counts.ts";
import { auditDerived } from "./audit-derived.ts";
import { auditOriginals } from "./audit-originals.ts";
import { auditReports } from "./audit-reports.ts";
import { auditSearch } from "./audit-search.ts";
import { readStudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** Holds a study's originals, as the archive lists them, against everything the catalog says of it. Answers how much that was. */
export async function auditStudy(
  audit: LedgerAudit,
  key: StudyKey,
  versions: readonly ListedVersion[],
): Promise<number> {
  const contents = await readStudyContents(audit.table, key);
  await auditOriginals(audit, key, versions, contents);
  await auditCounts(audit, key, contents);
  await auditSearch(audit, contents);
  await auditDerived(audit, key, contents);
  await auditReports(audit, key, contents);
  return 1 + Math.max(versions.length, contents.instances.length);
}
