import type { Grant } from "../access/grant.ts";
import { isOwn, loadHead, loadVersion, type ReportDeps, readContent, studyOf } from "./load-report.ts";
import { type ReportView, reportView } from "./view.ts";

/**
 * A report with its text: the newest version the caller may see, or `version`. A draft is its own hospital's business.
 * `etag` is of the report as a whole: send it back in If-Match.
 */
export async function getReport(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly reportId: string; readonly version?: number | undefined },
): Promise<{ readonly report: ReportView; readonly etag: string }> {
  const head = await loadHead(grant, input.reportId);
  const item = await loadVersion(grant, head, input.version);
  const content = await readContent(deps.keys, item);
  const study = studyOf(grant);
  await grant.audit({
    hospital: study,
    studyUid: study.studyUid,
    reportId: head.reportId,
    detail: `version ${item.version}`,
  });
  return { report: reportView(head, item, content, isOwn(grant, head.author.hospital)), etag: head.etag };
}
