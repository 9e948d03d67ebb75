import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import { ConditionFailed } from "../errors.ts";
import type { ReportContent } from "./content.ts";
import type { ReportItem, ReportPointerItem, ReportVersionItem } from "./items.ts";
import { loadOwnHead, type ReportDeps, studyOf } from "./load-report.ts";
import { newVersion } from "./new-version.ts";

/** What a change answers: never the text, so that nothing that remembers answers holds it in the clear. */
export interface Saved {
  readonly reportId: string;
  readonly version: number;
  readonly status: ReportItem["status"];
  readonly etag: string;
}

/**
 * Starts a report on a study. A repetition under the same `reportId` answers what the first one made.
 * Throws KeyUnavailable when the study's hospital has disabled its key.
 */
export async function draftReport(
  grant: Grant,
  deps: ReportDeps,
  input: { readonly reportId: string; readonly content: ReportContent },
): Promise<Saved> {
  const first = await newVersion(grant, deps, { ...input, version: 1 });
  const { reportId, version, etag } = first;
  const study = studyOf(grant);
  const audit = grant.auditWrites({ hospital: study, studyUid: study.studyUid, reportId });
  try {
    await grant.table.write([putOnce(headOf(first)), putOnce(first), putOnce(pointerOf(first)), ...audit]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const made = await loadOwnHead(grant, reportId);
    return { reportId, version: made.version, status: made.status, etag: made.etag };
  }
  return { reportId, version, status: "draft", etag };
}

function headOf(first: ReportVersionItem): ReportItem {
  const { region, hospital, studyUid, reportId, version, etag, author, createdAt, updatedAt } = first;
  return {
    ...keys.report(reportId),
    type: "report",
    region,
    hospital,
    studyUid,
    reportId,
    status: "draft",
    version,
    etag,
    author,
    createdAt,
    updatedAt,
  };
}

function pointerOf(first: ReportVersionItem): ReportPointerItem {
  const { region, hospital, studyUid, reportId, version, author, createdAt } = first;
  return {
    ...keys.reportPointer({ region, hospital, studyUid }, reportId),
    type: "report-pointer",
    region,
    hospital,
    studyUid,
    reportId,
    status: "draft",
    version,
    authorHospital: author.hospital,
    createdAt,
  };
}
