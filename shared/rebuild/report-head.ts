/** The items by which a report is found, from its signed versions. */
import { keys } from "../catalog/keys.ts";
import type { ReportItem, ReportPointerItem, ReportVersionItem } from "../report/items.ts";

/** `signed`: at least one, oldest first. `there`: what the table still holds, be it older. */
export function headFrom(signed: readonly ReportVersionItem[], there: ReportItem | undefined): ReportItem {
  const [first, newest] = [signed[0], signed.at(-1)] as [ReportVersionItem, ReportVersionItem];
  const { region, hospital, studyUid, reportId } = first;
  const amending = there !== undefined && there.version > newest.version;
  return {
    ...keys.report(reportId),
    type: "report",
    ...{ region, hospital, studyUid, reportId },
    author: there?.author ?? first.author,
    createdAt: there?.createdAt ?? first.createdAt,
    signedVersion: newest.version,
    ...(amending
      ? { status: "amending", version: there.version, etag: there.etag, updatedAt: there.updatedAt }
      : { status: "signed", version: newest.version, etag: newest.etag, updatedAt: newest.updatedAt }),
  };
}

export function pointerFrom(head: ReportItem, newest: ReportVersionItem): ReportPointerItem {
  const { region, hospital, studyUid, reportId, status, version, signedVersion, author, createdAt } = head;
  return {
    ...keys.reportPointer(head, reportId),
    type: "report-pointer",
    ...{ region, hospital, studyUid, reportId, status, version, createdAt },
    ...(signedVersion !== undefined && { signedVersion }),
    ...(newest.signed && { signedAt: newest.signed.at }),
    authorHospital: author.hospital,
  };
}
