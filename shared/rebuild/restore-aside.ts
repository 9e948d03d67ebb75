/** What is kept aside in the quarantine bucket, shown again where it belongs. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import { keys } from "../catalog/keys.ts";
import { ignoringCondition, putOnce } from "../catalog/put-once.ts";
import { rejections } from "../dicom/rejected.ts";
import { Transient } from "../errors.ts";
import { indexQuarantined } from "../ingest/index-quarantined.ts";
import type { Reason } from "../ingest/quarantine.ts";
import { quarantineReasons } from "../ingest/quarantine-reasons.ts";
import { processedTag } from "../ingest/settle.ts";
import {
  type OriginalKey,
  objectPrefixes,
  parseConflictKey,
  parseOriginalKey,
  parseQuarantineKey,
} from "../object-keys.ts";
import { noteFrom, type ObjectNote } from "../object-notes.ts";
import type { ObjectHead } from "../ports.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";

const unnoted = { uploadId: "0".repeat(26), fileId: "0" } as const;

export async function restoreAside(deps: RebuildDependencies, key: string): Promise<void> {
  const [conflict, quarantined] = [parseConflictKey(key), parseQuarantineKey(key)];
  const head = await deps.objects.head({ bucket: "quarantine", key });
  // Expired, or decided on meanwhile: what was taken in or discarded is tagged to expire.
  if (!head || (await isProcessed(deps.objects, key))) return;
  if (conflict) await restoreConflict(deps, conflict, key, head);
  if (quarantined) await restoreQuarantined(deps, quarantined, head);
}

/** As ingest records a file of an upload it does not know: its name and what was announced are lost. */
async function restoreQuarantined(
  { table }: RebuildDependencies,
  file: NonNullable<ReturnType<typeof parseQuarantineKey>>,
  head: ObjectHead,
): Promise<void> {
  const { region, hospital, uploadId, fileId } = file;
  const item = {
    ...keys.uploadFile(file, uploadId, fileId),
    type: "upload-file",
    ...{ region, hospital, uploadId, fileId },
    name: "",
    size: head.size,
    sha256: head.sha256 ?? "",
    state: "quarantined",
    reason: reasonOf(noteFrom(head.metadata)),
    updatedAt: head.lastModified.toISOString(),
  };
  const quarantinedAt = item.updatedAt;
  const waits = { uploadId, fileId, code: item.reason.code, quarantinedAt };
  await ignoringCondition(
    table.write([putOnce({ ...item, quarantinedAt }), indexQuarantined(file, waits, true)]),
  );
}

async function isProcessed(objects: RebuildDependencies["objects"], key: string): Promise<boolean> {
  const tags = await objects.tagsOf({ bucket: "quarantine", key });
  return tags["mic-state"] === processedTag["mic-state"];
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
): Promise<void> {
  const held = await holderOf(deps, other);
  if (!held) throw new Transient("The original that holds this conflict's UID is not indexed yet");
  if (held.sha256 === other.sha256) return;
  const { region, hospital, studyUid, sopUid } = held;
  const { uploadId, fileId } = { ...unnoted, ...noteFrom(head.metadata) };
  const item = {
    ...keys.conflict(held, sopUid, other.sha256),
    type: "conflict",
    ...{ region, hospital, studyUid, sopUid },
    sha256: other.sha256,
    heldSha256: held.sha256,
    size: head.size,
    inStudyUid: other.studyUid,
    inSeriesUid: other.seriesUid,
    objectKey,
    ...{ uploadId, fileId },
    foundAt: head.lastModified.toISOString(),
  };
  await ignoringCondition(deps.table.write([putOnce(item)]));
}

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
  return originals.length === 1 ? parseOriginalKey(originals[0]?.key ?? "") : undefined;
}
