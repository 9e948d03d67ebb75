import { keys, prefixes, type StudyKey } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { Item } from "../ports.ts";
import type { ReportVersionItem } from "../report/items.ts";
import { isThere } from "./is-there.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** The locked document of every version that was signed. */
export async function auditReports(
  audit: LedgerAudit,
  key: StudyKey,
  { reports }: StudyContents,
): Promise<void> {
  const { table, tally } = audit;
  for (const { reportId } of reports) {
    const query = { pk: keys.report(reportId).pk, prefix: prefixes.versions };
    const versions = (await queryAll(table, query)) as readonly Item[] as readonly ReportVersionItem[];
    for (const { signed, version } of versions) {
      if (!signed) continue;
      const kept = await isThere(audit, { bucket: "archive", key: signed.objectKey });
      tally.examine("reports-kept", kept, {
        ...{ ...key, reportId, sha256: signed.sha256 },
        detail: `the signed document of version ${version} is gone`,
      });
    }
  }
}
