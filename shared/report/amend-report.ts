import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import type { Saved } from "./draft-report.ts";
import { requireMatch, writeIfUnchanged } from "./if-match.ts";
import type { ReportItem, ReportVersionItem } from "./items.ts";
import { loadOwnHead, loadVersion, type ReportDeps, readContent, studyOf } from "./load-report.ts";
import { newVersion } from "./new-version.ts";
import { after } from "./states.ts";

/**
 * Starts the next version as a draft with the signed text in it, chained to the signed version's digest. Readers keep
 * seeing the signed version until the new one is signed. If-Match is optional here: the state itself lets one amend at a time.
 */
export async function amendReport(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly reportId: string; readonly ifMatch: string | undefined; readonly reason: string },
): Promise<Saved> {
  const head = await loadOwnHead(grant, input.reportId);
  const status = after(head.status, "amend");
  if (input.ifMatch !== undefined) requireMatch(head, input.ifMatch);
  const next = await nextVersion(grant, deps, head, input.reason);
  const { reportId, version, etag } = next;
  const study = studyOf(grant);

  await writeIfUnchanged(grant.table, [
    {
      op: "update",
      key: keys.report(reportId),
      set: { status, version, etag, updatedAt: next.updatedAt },
      when: [[{ attribute: "etag", is: "=", value: head.etag }]],
    },
    putOnce(next),
    { op: "update", key: keys.reportPointer(study, reportId), set: { status, version } },
    ...grant.auditWrites({
      hospital: study,
      studyUid: study.studyUid,
      reportId,
      detail: `version ${version}`,
    }),
  ]);
  return { reportId, version, status, etag };
}

async function nextVersion(
  grant: Grant,
  deps: ReportDeps,
  head: ReportItem,
  reason: string,
): Promise<ReportVersionItem> {
  const current = await loadVersion(grant, head, head.signedVersion);
  if (!current.signed) throw new TypeError("A signed report has no signature");
  const content = await readContent(deps.keys, current);
  return newVersion(grant, deps, {
    reportId: head.reportId,
    version: head.version + 1,
    content: { ...content, amendmentReason: reason },
    previous: { version: current.version, sha256: current.signed.sha256 },
  });
}
