/** What is kept aside in the quarantine bucket, shown again where it belongs. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import { keys } from "../catalog/keys.ts";
import { ignoringCondition, putOnce } from "../catalog/put-once.ts";
import { rejections } from "../dicom/rejected.ts";
import { Transient } from "../errors.ts";
import { sha256Of } from "../ingest/checksum.ts";
import { indexQuarantined } from "../ingest/index-quarantined.ts";
import type { Reason } from "../ingest/quarantine.ts";
import { quarantineReasons } from "../ingest/quarantine-reasons.ts";
import { isProcessed, isTaken, waitingTag } from "../ingest/settle.ts";
import {
  type OriginalKey,
  objectPrefixes,
  parseConflictKey,
  parseOriginalKey,
  parseQuarantineKey,
} from "../object-keys.ts";
import { isSuperseded, noteFrom, type ObjectNote } from "../object-notes.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";
import { restoreLine } from "./restore-line.ts";

export async function restoreAside(deps: RebuildDependencies, key: string): Promise<void> {
  const [conflict, quarantined] = [parseConflictKey(key), parseQuarantineKey(key)];
  const ref = { bucket: "quarantine", key } as const;
  const head = await deps.objects.head(ref);
  // Expired, or decided on meanwhile: what was taken in or discarded is tagged to expire.
  const tags = head && (await deps.objects.tagsOf(ref));
  if (!tags || isProcessed(tags)) return;
  const lost =
    (conflict && (await restoreConflict(deps, conflict, key, head))) ||
    (quarantined && (await restoreQuarantined(deps, quarantined, ref, head)));
  // A decision to take it in was lost with its line: it waits for one again.
  if (lost && isTaken(tags)) await deps.objects.tag(ref, waitingTag);
}

/** It is tried again under the SHA-256 of what is there: what was announced is lost. */
async function restoreQuarantined(
  deps: RebuildDependencies,
  owner: NonNullable<ReturnType<typeof parseQuarantineKey>>,
  ref: ObjectRef,
  head: ObjectHead,
): Promise<boolean> {
  const { uploadId, fileId } = owner;
  const note = noteFrom(head.metadata);
  const reason = reasonOf(note);
  const quarantinedAt = head.lastModified.toISOString();
  const sha256 = await sha256Of(deps.objects, ref, head);
  const file = { ...{ uploadId, fileId, size: head.size, sha256, reason, quarantinedAt } } as const;
  const waits = { uploadId, fileId, code: reason.code, quarantinedAt };
  return restoreLine(deps, owner, { ...file, state: "quarantined", updatedAt: quarantinedAt }, note, [
    indexQuarantined(owner, waits, true),
  ]);
}

function reasonOf({ reason }: Partial<ObjectNote>): Reason {
  const sentences: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
    ...rejections,
    ...quarantineReasons,
  };
  const known = reason && sentences[reason.code];
  if (!reason || !known) return { code: "unknown-upload", ...quarantineReasons["unknown-upload"] };
  return { ...reason, en: known.en, zh: known.zh };
}

/** At the study that holds the UID: that is known once its original is indexed again, which may be any moment now. */
async function restoreConflict(
  deps: RebuildDependencies,
  other: OriginalKey,
  objectKey: string,
  head: ObjectHead,
): Promise<boolean> {
  const held = await holderOf(deps, other);
  if (!held) throw new Transient("The original that holds this conflict's UID is not indexed yet");
  if (held.sha256 === other.sha256) return false;
  const { region, hospital, studyUid, sopUid } = held;
  const { sha256, studyUid: inStudyUid, seriesUid: inSeriesUid } = other;
  const note = noteFrom(head.metadata);
  const { uploadId, fileId } = { ...unnoted(sha256), ...note };
  const foundAt = head.lastModified.toISOString();
  const item = {
    ...keys.conflict(held, sopUid, sha256),
    type: "conflict",
    ...{ region, hospital, studyUid, sopUid, sha256 },
    heldSha256: held.sha256,
    size: head.size,
    ...{ inStudyUid, inSeriesUid, objectKey, uploadId, fileId, foundAt },
  };
  await ignoringCondition(deps.table.write([putOnce(item)]));
  const place = { studyUid: inStudyUid, seriesUid: inSeriesUid, sopUid };
  const file = { uploadId, fileId, size: head.size, sha256, ...place, updatedAt: foundAt } as const;
  return restoreLine(deps, other, { ...file, state: "conflict" }, note, [
    { op: "delete", key: keys.quarantined(other, uploadId, fileId) },
  ]);
}

/** Told apart by their bytes, so that each can be decided on: a file is in one conflict. */
const unnoted = (sha256: string) => ({
  uploadId: "0".repeat(26),
  fileId: String(Number.parseInt(sha256.slice(0, 8), 16) % 1_000_000),
});

async function holderOf(
  { table, objects }: RebuildDependencies,
  other: OriginalKey,
): Promise<OriginalKey | undefined> {
  const claim = (await table.get(keys.claim(other, other.sopUid), { consistent: true })) as
    | ClaimItem
    | undefined;
  if (claim?.state === "committed") return claim;
  // Nearly always the same place.
  const prefix = `${objectPrefixes.study(other)}${other.seriesUid}/${other.sopUid}/`;
  const { keys: originals } = await objects.list("archive", prefix);
  const [only] = originals;
  if (!only || originals.length > 1) return undefined;
  const gaveWay = isSuperseded(await objects.tagsOf({ bucket: "archive", key: only.key }));
  return gaveWay ? undefined : parseOriginalKey(only.key);
}
