/** An administrator decides which of two images of one UID counts. */
import type { Grant } from "../access/grant.ts";
import { originsOf } from "../catalog/corrected-from.ts";
import type { ConflictItem, Origin, Release, Resolution } from "../catalog/desk-items.ts";
import type { InstanceItem, UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { Keep, ResolutionView } from "../contract/schemas/ingest.ts";
import { derivedUid } from "../dicom/derived-uid.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Clock, Write } from "../ports.ts";
import { loadUpload } from "../upload/load-upload.ts";
import { makeCorrectedCopy, readOriginal } from "./corrected-copy.ts";
import { releaseWrites } from "./desk-file.ts";
import { auditedConflict, resolutionView, sameSeries } from "./list-conflicts.ts";
import { type ConflictPath, loadConflict, loadConflictFile, loadHeld, otherBytes } from "./load-conflict.ts";
import { expired } from "./release-quarantined.ts";

export interface ResolveRequest {
  readonly keep: Keep;
  readonly reason?: string | undefined;
}
interface Resolved {
  readonly sopInstanceUid: string;
  readonly sha256: string;
  readonly resolution: ResolutionView;
}

/**
 * Decides once, on record, in one transaction; ingest does what follows. Repeated by the same person it answers how far that
 * is. Throws Problem("conflict") with the decision where somebody else made another one.
 */
export async function resolveConflict(
  grant: Grant,
  clock: Clock,
  path: ConflictPath,
  { keep, reason }: ResolveRequest,
): Promise<Resolved> {
  const conflict = await loadConflict(grant, path);
  const file = await loadConflictFile(grant, conflict);
  if (conflict.resolution) return decidedAlready(grant, conflict, file, keep);
  if (keep !== "first" && file.state === "quarantined") throw new Problem("conflict", waitsAtTheDesk);
  const resolution: Resolution = {
    keep,
    by: grant.caller.principal.id,
    at: clock.now().toISOString(),
    ...(reason !== undefined && { reason }),
    ...(keep === "both" && { sopUid: newUid(conflict) }),
  };
  const following = await follow[keep](grant, { conflict, file, resolution });
  try {
    await grant.table.write([decisionWrite(conflict, resolution), ...following]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return lost(grant, path, keep, error);
  }
  return answer({ ...conflict, resolution }, keep === "first" ? file : { ...file, state: "stored" });
}

const waitsAtTheDesk =
  "The other bytes wait in quarantine, since they could not be taken in. Release them there first, or keep the first image.";

/** The same however often it is asked for: a decision whose answer was lost makes no second copy. */
const newUid = ({ hospital, sopUid, sha256 }: ConflictItem): string =>
  derivedUid("conflict", hospital, sopUid, sha256);

function answer(conflict: ConflictItem, file: UploadFileItem): Resolved {
  return {
    sopInstanceUid: conflict.sopUid,
    sha256: conflict.sha256,
    resolution: resolutionView(conflict, file) as ResolutionView,
  };
}

function decidedAlready(grant: Grant, conflict: ConflictItem, file: UploadFileItem, keep: Keep): Resolved {
  const { resolution } = conflict;
  if (resolution?.keep === keep && resolution.by === grant.caller.principal.id) return answer(conflict, file);
  throw new Problem("conflict", "Somebody has decided about this conflict.", {
    extensions: { resolution: resolutionView(conflict, file) },
  });
}

async function lost(grant: Grant, path: ConflictPath, keep: Keep, cause: unknown): Promise<Resolved> {
  const conflict = await loadConflict(grant, path);
  const file = await loadConflictFile(grant, conflict);
  if (conflict.resolution) return decidedAlready(grant, conflict, file, keep);
  const detail =
    "The image changed meanwhile, or other bytes are taking its place. Look at the conflict again.";
  throw new Problem("conflict", detail, { cause });
}

const decisionWrite = (conflict: ConflictItem, resolution: Resolution): Write => ({
  op: "update",
  key: keys.conflict(conflict, conflict.sopUid, conflict.sha256),
  set: { resolution },
  when: [
    [
      { attribute: "pk", is: "present" },
      { attribute: "resolution", is: "absent" },
    ],
  ],
});

interface Decision {
  readonly conflict: ConflictItem;
  readonly file: UploadFileItem;
  readonly resolution: Resolution;
}

/** What is written with each decision. */
const follow = {
  /** The other bytes stay what they are: kept aside until they expire. */
  first: async (grant, { conflict, resolution }) => grant.auditWrites(audited(grant, conflict, resolution)),
  new: replace,
  both: copyBeside,
} as const satisfies Record<Keep, (grant: Grant, decision: Decision) => Promise<readonly Write[]>>;

const audited = (grant: Grant, conflict: ConflictItem, { keep, reason }: Resolution) => ({
  ...auditedConflict(grant, conflict),
  uploadId: conflict.uploadId,
  detail: `keep ${keep}: ${conflict.sha256}${reason === undefined ? "" : `, ${reason}`}`,
});

async function replace(grant: Grant, decision: Decision): Promise<readonly Write[]> {
  const { conflict } = decision;
  const { sha256, size, objectKey: key, sopUid } = conflict;
  const held = await loadHeld(grant, conflict);
  if (!sameSeries(held, conflict))
    throw new Problem("conflict", "The new image says it is of another study or series. Keep both instead.");
  await keptSize(grant, conflict);
  const correctedFrom = await keptOrigin(grant, decision);
  const taken = { object: { key, sha256, size }, ...(correctedFrom && { correctedFrom }) };
  return [
    ...(await releases(grant, decision, { ...taken, replaces: held.sha256 })),
    claimWrite(held, sopUid, sha256),
  ];
}

/** Two other images of one UID cannot both take its place: the second decision comes after the first is done. */
const claimWrite = (held: InstanceItem, sopUid: string, sha256: string): Write => ({
  op: "update",
  key: keys.claim(held, sopUid),
  set: { replacing: sha256 },
  when: [
    [
      { attribute: "state", is: "=", value: "committed" },
      { attribute: "sha256", is: "=", value: held.sha256 },
      { attribute: "replacing", is: "absent" },
    ],
  ],
});

async function copyBeside(grant: Grant, decision: Decision): Promise<readonly Write[]> {
  const { conflict, file, resolution } = decision;
  const original = await readOriginal(grant, otherBytes(conflict), await keptSize(grant, conflict));
  const sopUid = { tag: "00080018", vr: "UI", value: resolution.sopUid as string } as const;
  const change = { at: new Date(resolution.at), reason: "COERCE" } as const;
  const from = await keptOrigin(grant, decision);
  const { object, correctedFrom } = await makeCorrectedCopy(grant, file, original, [sopUid], change);
  return releases(grant, decision, { object, correctedFrom: { ...correctedFrom, ...(from && { from }) } });
}

/**
 * What the other bytes are a copy of is archived with them, or they are not taken in. Conflicts made again from their bytes
 * do not say it; the ledger may.
 */
async function keptOrigin(grant: Grant, { conflict, file }: Decision): Promise<Origin | undefined> {
  const { object, correctedFrom } = file.release ?? {};
  const origin = conflict.correctedFrom ?? (object?.sha256 === conflict.sha256 ? correctedFrom : undefined);
  for (const { key } of originsOf(origin))
    if (!(await grant.objects.head({ bucket: "quarantine", key }))) throw expired();
  return origin;
}

async function keptSize(grant: Grant, conflict: ConflictItem): Promise<number> {
  const head = await grant.objects.head(otherBytes(conflict));
  if (!head) throw expired();
  return head.size;
}

type Taken = Pick<Release, "object" | "correctedFrom" | "replaces">;

async function releases(
  grant: Grant,
  { conflict, file, resolution }: Decision,
  taken: Taken,
): Promise<readonly Write[]> {
  const { priority } = await loadUpload(grant, file.uploadId);
  const { at, by } = resolution;
  const decision: Release = { at, by, was: "conflict", priority, ...taken };
  return releaseWrites(grant, file, "conflict", decision, audited(grant, conflict, resolution));
}
