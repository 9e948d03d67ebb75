import { keys, prefixes, type StudyKey } from "../catalog/keys.ts";
import { listAll } from "../catalog/list-all.ts";
import { queryAll } from "../catalog/query-all.ts";
import { objectKeys, parseSignedReportKey } from "../object-keys.ts";
import { isIssued } from "../object-notes.ts";
import type { Item, ListedObject } from "../ports.ts";
import type { ReportVersionItem } from "../report/items.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** The locked document of every version that was signed, and the version of every document that was issued. */
export async function auditReports(
  audit: LedgerAudit,
  key: StudyKey,
  { reports }: StudyContents,
): Promise<void> {
  const documents = await documentsOf(audit, key);
  for (const { reportId } of reports) {
    const query = { pk: keys.report(reportId).pk, prefix: prefixes.versions };
    const versions = (await queryAll(audit.table, query)) as readonly Item[] as readonly ReportVersionItem[];
    for (const { signed, version } of versions) {
      if (!signed) continue;
      const named = { ...key, reportId, sha256: signed.sha256 };
      const kept = documents.delete(signed.objectKey);
      const issued = kept && isIssued(await tagsOf(audit, signed.objectKey));
      const detail = kept
        ? `the signed document of version ${version} does not say that it was issued`
        : `the signed document of version ${version} is gone`;
      if (kept) audit.tally.await("reports-kept", issued, signed.at, { ...named, detail });
      else audit.tally.examine("reports-kept", false, { ...named, detail });
    }
  }
  for (const document of documents.values()) await auditUnnamed(audit, key, document);
}

/** A signing that got no further leaves a document that nobody was shown; it is no report's. */
async function auditUnnamed(audit: LedgerAudit, study: StudyKey, { key, lastModified }: ListedObject) {
  if (!isIssued(await tagsOf(audit, key))) return;
  const { reportId, version, sha256 } = parseSignedReportKey(key) ?? {};
  const detail = `a signed document was issued, and no version ${version} of a report names it`;
  audit.tally.await("reports-kept", false, lastModified, { ...study, reportId, sha256, detail });
}

const tagsOf = ({ objects }: LedgerAudit, key: string) => objects.tagsOf({ bucket: "archive", key });

async function documentsOf({ objects }: LedgerAudit, study: StudyKey): Promise<Map<string, ListedObject>> {
  const found = new Map<string, ListedObject>();
  for await (const listed of listAll(objects, "archive", objectKeys.signedReports(study)))
    found.set(listed.key, listed);
  return found;
}
