import { originsOf } from "../catalog/corrected-from.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import { type DicomRejected, rejections } from "../dicom/rejected.ts";
import { ConditionFailed } from "../errors.ts";
import { type LandingKey, parseConflictKey } from "../object-keys.ts";
import { metadataOf } from "../object-notes.ts";
import type { ObjectRef, Write } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import { countFound } from "../upload/totals.ts";
import { ingestAudit } from "./audit-write.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { ownObject } from "./desk-file.ts";
import { finalWrites } from "./file-state.ts";
import { indexQuarantined } from "./index-quarantined.ts";
import type { Announcement } from "./landed-file.ts";
import type { IngestOutcome } from "./outcome.ts";
import { quarantineReasons } from "./quarantine-reasons.ts";
import { aside } from "./released-file.ts";
import { reopenWrites, takeBackSuccession } from "./reopen-conflict.ts";
import { markProcessed, waitAnew, waitingTag } from "./settle.ts";

export type Reason = NonNullable<UploadFileItem["reason"]>;

/**
 * Keeps the object aside, unlocked, with its reason in the ledger. Nothing is thrown away: what was written with a key that
 * is not ours to use stays where it landed, which only expires what was processed. What was released and refused again is
 * aside already.
 */
export async function quarantine(
  deps: IngestDependencies,
  landing: LandingKey,
  ref: ObjectRef,
  announcement: Announcement,
  reason: Reason,
  { readable = true }: { readonly readable?: boolean } = {},
): Promise<IngestOutcome> {
  const owner = { region: deps.region, hospital: landing.hospital };
  const moves = readable && ref.bucket === "landing" && reason.code !== "bytes-expired";
  if (moves) await copyAside(deps, landing, ref, announcement, reason);
  else if (readable) await keepOn(deps, landing, announcement, reason);
  const audit = ingestAudit(deps, "quarantineFile", owner, {
    uploadId: landing.uploadId,
    detail: `file ${landing.fileId}: ${reason.code}`,
  });
  try {
    await deps.table.write([...(await ledgerWrites(deps, landing, announcement, reason, readable)), audit]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    // An earlier delivery recorded it.
  }
  if (announcement.file) await takeBackSuccession(deps, announcement.file);
  if (moves) await markProcessed(deps, ref);
  return "quarantined";
}

async function copyAside(
  deps: IngestDependencies,
  landing: LandingKey,
  ref: ObjectRef,
  announcement: Announcement,
  reason: Reason,
): Promise<void> {
  const to = aside(deps, landing);
  const metadata = whyAside(landing, announcement, reason);
  const kmsKeyId = announcement.hospital?.keyArn;
  await deps.objects.copy(ref, to, {
    contentType: dicomMediaType,
    metadata,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });
  await deps.objects.tag(to, waitingTag);
}

function whyAside(
  { uploadId, fileId, priority }: LandingKey,
  { upload }: Announcement,
  { code, offset }: Reason,
): Readonly<Record<string, string>> {
  const encounterClass = upload?.encounterClass ?? "unknown";
  const reason = { code, ...(offset !== undefined && { offset }) };
  return metadataOf({ uploadId, fileId, priority, encounterClass, reason });
}

/** Released and refused again: it waits at the desk anew, with the conflict it may have come from. */
async function keepOn(
  deps: IngestDependencies,
  landing: LandingKey,
  announcement: Announcement,
  reason: Reason,
): Promise<void> {
  const { file } = announcement;
  if (!file) return;
  const { object, correctedFrom } = file.release ?? {};
  const contested = [object, ...originsOf(correctedFrom)].flatMap((one) =>
    one !== undefined && parseConflictKey(one.key) ? [one.key] : [],
  );
  const own = ownObject(file).key;
  const said = own === aside(deps, landing).key ? whyAside(landing, announcement, reason) : undefined;
  await waitAnew(deps.objects, own, said);
  for (const key of contested.filter((one) => one !== own)) await waitAnew(deps.objects, key);
}

/** A file of no upload, or of one of which most is lost, gets an entry of its own, so that the stream tells people about it. */
async function ledgerWrites(
  deps: IngestDependencies,
  { hospital, uploadId, fileId }: LandingKey,
  { file, upload }: Announcement,
  reason: Reason,
  readable: boolean,
): Promise<readonly Write[]> {
  const { clock, region } = deps;
  const owner = { region, hospital };
  const now = clock.now();
  const quarantinedAt = now.toISOString();
  const { code } = reason;
  const waits = indexQuarantined(owner, { uploadId, fileId, code, quarantinedAt }, readable);
  if (file)
    return [
      ...finalWrites(file, "quarantined", now, { reason, quarantinedAt, stays: !readable }),
      waits,
      ...(await reopenWrites(deps, file)),
    ];
  if (upload && upload.restoredAt === undefined) return [];
  const item: UploadFileItem = {
    ...keys.uploadFile(owner, uploadId, fileId),
    type: "upload-file",
    ...owner,
    ...{ uploadId, fileId, name: "", size: 0, sha256: "", reason, quarantinedAt },
    stays: !readable,
    state: "quarantined",
    updatedAt: now.toISOString(),
  };
  return [putOnce(item), ...(upload ? countFound(item) : []), waits];
}

/** What the reader found wrong, and where. */
export const refusalOf = ({ code, offset, attribute }: DicomRejected): Reason => ({
  code,
  offset,
  ...(attribute !== undefined && { attribute }),
  ...rejections[code],
});

export const reasonOf = (code: keyof typeof quarantineReasons): Reason => ({
  code,
  ...quarantineReasons[code],
});
