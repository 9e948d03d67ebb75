import type { Grant } from "../access/grant.ts";
import { keys, prefixes } from "../catalog/keys.ts";
import type { ReportVersionItem } from "./items.ts";
import { isOwn, loadHead, studyOf } from "./load-report.ts";
import { type VersionView, versionView } from "./view.ts";

/** The history of a report without its text, oldest first. */
export async function listVersions(
  grant: Grant,
  input: { readonly reportId: string },
): Promise<readonly VersionView[]> {
  const head = await loadHead(grant, input.reportId);
  const own = isOwn(grant, head.author.hospital);
  const { pk } = keys.report(head.reportId);
  const page = await grant.table.query({ pk, prefix: prefixes.versions, consistent: true });
  const study = studyOf(grant);
  await grant.audit({ hospital: study, studyUid: study.studyUid, reportId: head.reportId });
  return (page.items as readonly ReportVersionItem[])
    .filter((item) => own || item.status === "signed")
    .map(versionView);
}
