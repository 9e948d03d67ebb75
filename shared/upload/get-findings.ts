/** What was found wrong with the studies an upload brought: for the technician, while the patient is still there. */
import type { Grant } from "../access/grant.ts";
import { readFindings } from "../catalog/findings.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey, uploadPartition } from "../catalog/keys.ts";
import type { UploadFindings } from "../contract/schemas/findings.ts";
import { isUid } from "../dicom/uid.ts";
import { Problem } from "../errors.ts";
import { presentQuality } from "../quality/score.ts";
import { presentFinding } from "../query/present-finding.ts";
import { hospitalOf, loadUpload } from "./load-upload.ts";

const defaultPage = 50;

/** A page of the upload's studies, by UID; the cursor is a Study Instance UID. Two small reads a study. */
export async function getUploadFindings(
  grant: Grant,
  uploadId: string,
  page: { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
): Promise<UploadFindings> {
  const { cursor, limit = defaultPage } = page;
  if (cursor !== undefined && !isUid(cursor))
    throw new Problem("invalid-request", "This cursor is not from an upload's findings.");
  const hospital = hospitalOf(grant);
  const { settledAt } = await loadUpload(grant, uploadId);
  const { items, next } = await grant.table.query({
    pk: uploadPartition(hospital, uploadId),
    prefix: prefixes.uploadStudies,
    limit,
    ...(cursor !== undefined && { after: keys.uploadStudy(hospital, uploadId, cursor) }),
  });
  const uids = items.map(({ studyUid }) => studyUid as string);
  const studies = await Promise.all(uids.map((studyUid) => studyOf(grant, { ...hospital, studyUid })));
  await grant.audit({ hospital, uploadId, studyUids: uids });
  return {
    uploadId,
    settled: settledAt !== undefined,
    studies: studies.flat(),
    ...(next && { next: uids.at(-1) }),
  };
}

/** None for a study whose only file here was a conflict with another study's. */
async function studyOf({ table }: Grant, key: StudyKey): Promise<UploadFindings["studies"]> {
  const [item, findings] = await Promise.all([
    table.get(keys.study(key), { consistent: true }),
    readFindings(table, key),
  ]);
  if (!item) return [];
  const { studyUid, instances = 0, completedInstances, examinedInstances, quality } = item as StudyItem;
  return [
    {
      studyUid,
      instances,
      complete: completedInstances === instances,
      examined: examinedInstances === instances,
      ...(quality && { quality: presentQuality(quality) }),
      findings: findings.map(presentFinding),
    },
  ];
}
