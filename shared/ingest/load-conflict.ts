import type { Grant } from "../access/grant.ts";
import type { ConflictItem } from "../catalog/desk-items.ts";
import type { InstanceItem, UploadFileItem } from "../catalog/items.ts";
import { type InstanceKey, keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { Problem } from "../errors.ts";
import type { ObjectRef } from "../ports.ts";
import { hospitalOf } from "../upload/load-upload.ts";

export interface ConflictPath {
  readonly studyUid: string;
  readonly sopUid: string;
  readonly sha256: string;
}

export const studyOf = (grant: Grant, studyUid: string): StudyKey => ({ ...hospitalOf(grant), studyUid });

/** All of a study, decided or not: there are few. Throws Problem("not-found") where the hospital has no such study. */
export async function loadConflicts(grant: Grant, studyUid: string): Promise<readonly ConflictItem[]> {
  const study = studyOf(grant, studyUid);
  const found = await queryAll(grant.table, {
    pk: studyPartition(study),
    prefix: prefixes.conflicts,
    consistent: true,
  });
  if (found.length === 0 && !(await grant.table.get(keys.study(study))))
    throw new Problem("not-found", "There is no such study.");
  return found as readonly ConflictItem[];
}

export async function loadConflict(
  grant: Grant,
  { studyUid, sopUid, sha256 }: ConflictPath,
): Promise<ConflictItem> {
  const key = keys.conflict(studyOf(grant, studyUid), sopUid, sha256);
  const found = await grant.table.get(key, { consistent: true });
  if (!found) throw new Problem("not-found", "There is no such conflict in this study.");
  return found as ConflictItem;
}

/** What the study holds under the UID now. A conflict names the study and no series of it. */
export async function loadHeld(grant: Grant, conflict: ConflictItem): Promise<InstanceItem> {
  const { region, hospital, studyUid, sopUid, inSeriesUid } = conflict;
  const study = { region, hospital, studyUid };
  const likely = keys.instance({ ...study, seriesUid: inSeriesUid, sopUid });
  const found = await grant.table.get(likely, { consistent: true });
  if (found) return found as InstanceItem;
  const claim = await grant.table.get(keys.claim(study, sopUid), { consistent: true });
  const { seriesUid } = (claim ?? {}) as Partial<InstanceKey>;
  const held =
    seriesUid === undefined
      ? undefined
      : await grant.table.get(keys.instance({ ...study, seriesUid, sopUid }), { consistent: true });
  if (!held) throw new Problem("not-found", "The study no longer holds an instance of this UID.");
  return held as InstanceItem;
}

/** The line of the ledger the other bytes came by. */
export async function loadConflictFile(
  grant: Grant,
  { uploadId, fileId }: ConflictItem,
): Promise<UploadFileItem> {
  const key = keys.uploadFile(hospitalOf(grant), uploadId, fileId);
  const found = await grant.table.get(key, { consistent: true });
  if (!found) throw new Problem("not-found", "The upload of the other bytes is not there.");
  return found as UploadFileItem;
}

export const otherBytes = ({ objectKey }: ConflictItem): ObjectRef => ({
  bucket: "quarantine",
  key: objectKey,
});
