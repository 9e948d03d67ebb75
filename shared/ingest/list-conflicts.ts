import type { Grant } from "../access/grant.ts";
import type { KeyState } from "../access/key-state.ts";
import type { ConflictItem } from "../catalog/desk-items.ts";
import type { InstanceItem, UploadFileItem } from "../catalog/items.ts";
import { originalOf } from "../catalog/original-of.ts";
import type { ConflictSide, ConflictView, ResolutionView } from "../contract/schemas/ingest.ts";
import { Problem } from "../errors.ts";
import { hospitalOf } from "../upload/load-upload.ts";
import { type Comparison, compareSides } from "./compare-conflict.ts";
import { signedDownload } from "./inspect-quarantined.ts";
import {
  type ConflictPath,
  loadConflict,
  loadConflictFile,
  loadConflicts,
  loadHeld,
  otherBytes,
  studyOf,
} from "./load-conflict.ts";

/** Both sides are read for each; a study with more shows these, and the others once some are decided. */
const comparedAtMost = 20;

/** Conflicts of a study, undecided ones first, each with what differs. */
export async function listConflicts(grant: Grant, studyUid: string): Promise<{ conflicts: ConflictView[] }> {
  const found = await loadConflicts(grant, studyUid);
  await grant.audit({ hospital: studyOf(grant, studyUid), studyUid, detail: `${found.length} conflicts` });
  const open = found.filter(({ resolution }) => resolution === undefined);
  const decided = found.filter(({ resolution }) => resolution !== undefined);
  const conflicts: ConflictView[] = [];
  const shown = [...open, ...decided].slice(0, comparedAtMost);
  for (const conflict of shown) conflicts.push(await viewOf(grant, conflict, shown.length));
  return { conflicts };
}

async function viewOf(grant: Grant, conflict: ConflictItem, among: number): Promise<ConflictView> {
  const [held, file] = await Promise.all([loadHeld(grant, conflict), loadConflictFile(grant, conflict)]);
  const head = await grant.objects.head(otherBytes(conflict));
  const { sopUid, sha256, foundAt, resolution } = conflict;
  return {
    sopInstanceUid: sopUid,
    sha256,
    foundAt,
    first: firstSide(held, conflict),
    new: otherSide(conflict, head !== undefined),
    ...(await comparison(grant, held, conflict, { size: head?.size, among })),
    choices: resolution ? [] : ["first", ...(sameSeries(held, conflict) ? (["new"] as const) : []), "both"],
    ...(resolution && { resolution: resolutionView(conflict, file) as ResolutionView }),
  };
}

/** An instance whose study or series changes is another one: its copy under a new UID can say so, it itself cannot. */
export const sameSeries = (held: InstanceItem, { inStudyUid, inSeriesUid }: ConflictItem): boolean =>
  held.studyUid === inStudyUid && held.seriesUid === inSeriesUid;

function comparison(
  grant: Grant,
  held: InstanceItem,
  conflict: ConflictItem,
  { size, among }: { readonly size: number | undefined; readonly among: number },
): Promise<Comparison> | Comparison {
  if (size === undefined || held.sha256 === conflict.sha256)
    return { differences: [], pixels: "not-compared" };
  return compareSides(
    grant.objects,
    { ref: originalOf(held), size: held.size },
    { ref: otherBytes(conflict), size },
    among,
  );
}

/** Once the new image is in its place, the first is what gave way to it. */
function firstSide(held: InstanceItem, { heldSha256, sha256 }: ConflictItem): ConflictSide {
  const gone = held.sha256 === sha256 ? held.superseded?.find((one) => one.sha256 === heldSha256) : undefined;
  if (!gone) return heldSide(held);
  const { href: _, uploadId: __, fileId: ___, ...side } = heldSide(held);
  return { ...side, sha256: gone.sha256, size: gone.size, at: gone.indexedAt };
}

const heldSide = (held: InstanceItem): ConflictSide => ({
  sha256: held.sha256,
  size: held.size,
  uploadId: held.uploadId,
  fileId: held.fileId,
  at: held.indexedAt,
  studyInstanceUid: held.studyUid,
  seriesInstanceUid: held.seriesUid,
  href: `/dicomweb/hospital-${held.hospital}/studies/${held.studyUid}/series/${held.seriesUid}/instances/${held.sopUid}`,
});

const otherSide = (conflict: ConflictItem, kept: boolean): ConflictSide => ({
  sha256: conflict.sha256,
  size: conflict.size,
  uploadId: conflict.uploadId,
  fileId: conflict.fileId,
  at: conflict.foundAt,
  studyInstanceUid: conflict.inStudyUid,
  seriesInstanceUid: conflict.inSeriesUid,
  ...(kept && {
    href: `/v1/studies/${conflict.studyUid}/conflicts/${conflict.sopUid}/${conflict.sha256}/file`,
  }),
});

/** Done once ingest has taken in what the decision says: its line in the ledger is final. */
export function resolutionView(
  { resolution }: ConflictItem,
  file: UploadFileItem | undefined,
): ResolutionView | undefined {
  if (!resolution) return undefined;
  const { keep, by, at, reason, sopUid } = resolution;
  return {
    keep,
    by,
    at,
    ...(reason !== undefined && { reason }),
    done: keep === "first" || file?.state === "indexed",
    ...(sopUid !== undefined && { sopInstanceUid: sopUid }),
  };
}

/** A URL of the other bytes, good for seconds. Throws KeyUnavailable while the hospital's key is disabled. */
export async function retrieveConflicting(
  grant: Grant,
  keyState: KeyState,
  path: ConflictPath,
): Promise<string> {
  const ref = otherBytes(await loadConflict(grant, path));
  if (!(await grant.objects.head(ref))) throw new Problem("not-found", "These bytes have expired.");
  const { studyUid, sopUid } = path;
  return signedDownload(grant, keyState, ref, { studyUid, sopUid, detail: "the other bytes of a conflict" });
}

export const auditedConflict = (grant: Grant, { studyUid, sopUid }: ConflictPath) => ({
  hospital: hospitalOf(grant),
  studyUid,
  sopUid,
});
