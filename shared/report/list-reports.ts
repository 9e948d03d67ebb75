import type { Grant } from "../access/grant.ts";
import { prefixes, studyPartition } from "../catalog/keys.ts";
import type { ReportPointerItem } from "./items.ts";
import { isOwn, studyOf } from "./load-report.ts";

export interface ReportListing {
  readonly reportId: string;
  readonly status: ReportPointerItem["status"];
  readonly version: number;
  readonly signedVersion?: number;
  readonly signedAt?: string;
  readonly authorHospital: string;
  readonly createdAt: string;
}

/** Reports of a study, oldest first: signed ones, and drafts of the caller's own hospital. */
export async function listReports(grant: Grant): Promise<readonly ReportListing[]> {
  const study = studyOf(grant);
  const page = await grant.table.query({
    pk: studyPartition(study),
    prefix: prefixes.reports,
    consistent: true,
  });
  await grant.audit({ hospital: study, studyUid: study.studyUid });
  return (page.items as readonly ReportPointerItem[]).flatMap((pointer) => {
    const own = isOwn(grant, pointer.authorHospital);
    return own || pointer.signedVersion !== undefined ? [listing(pointer, own)] : [];
  });
}

function listing(pointer: ReportPointerItem, own: boolean): ReportListing {
  const { reportId, status, version, signedVersion, signedAt, authorHospital, createdAt } = pointer;
  return {
    reportId,
    status: own ? status : "signed",
    version: own ? version : (signedVersion ?? version),
    ...(signedVersion !== undefined && { signedVersion }),
    ...(signedAt !== undefined && { signedAt }),
    authorHospital,
    createdAt,
  };
}
