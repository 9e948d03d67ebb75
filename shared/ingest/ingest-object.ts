/**
 * One landed object, from event to indexed (or duplicate, conflict, quarantined). Events come late, twice, in any order and
 * side by side, and a run may die after any step: whatever happened before, running this again ends in the same state.
 */
import type { UploadFileItem } from "../catalog/items.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import { checkPixels } from "../dicom/check-pixels.ts";
import { DicomRejected } from "../dicom/rejected.ts";
import { Transient } from "../errors.ts";
import { type LandingKey, parseLandingKey } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import type { SourceType } from "../sources/recognise.ts";
import { isFinal } from "../upload/read-ledger.ts";
import { BytesExpired } from "./archive-original.ts";
import { sha256Of } from "./checksum.ts";
import { convertSource, isOf, recogniseSource } from "./convert-source.ts";
import { decide } from "./decide.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { staysForGood } from "./desk-file.ts";
import { markStored } from "./file-state.ts";
import { followAgain } from "./finish-indexed.ts";
import { type Announcement, findAnnouncement, type LandedFile } from "./landed-file.ts";
import { headOf, sameKey } from "./landed-key.ts";
import type { IngestOutcome } from "./outcome.ts";
import { quarantine, reasonOf, refusalOf } from "./quarantine.ts";
import type { QuarantineReason } from "./quarantine-reasons.ts";
import { withLandedHeader } from "./read-landed-header.ts";
import { recordDuplicate } from "./record-duplicate.ts";
import { letGo, releasedIntake } from "./released-file.ts";
import { takeBackSuccession } from "./reopen-conflict.ts";
import { markProcessed } from "./settle.ts";

export interface LandedObject {
  /** Key in the landing bucket. */
  readonly key: string;
  readonly versionId?: string;
}

/** Throws Transient (and whatever a service throws) when the event should come back later. */
export async function ingestObject(deps: IngestDependencies, object: LandedObject): Promise<IngestOutcome> {
  const landing = parseLandingKey(object.key);
  if (!landing) return "foreign";
  const ref: ObjectRef = {
    bucket: "landing",
    key: object.key,
    ...(object.versionId !== undefined && { versionId: object.versionId }),
  };
  const announcement = await findAnnouncement(deps, landing);
  const { file } = announcement;
  if (file && isFinal(file.state)) return settled(deps, landing, ref, file);
  const released = file && (await releasedIntake(deps, landing, file));
  return ingestFound(
    deps,
    landing,
    { ...announcement, ...(released && { file: released.file }) },
    released?.ref ?? ref,
  );
}

async function ingestFound(
  deps: IngestDependencies,
  landing: LandingKey,
  announcement: Announcement,
  ref: ObjectRef,
): Promise<IngestOutcome> {
  const { hospital, upload, file } = announcement;
  const head = await headOf(deps, ref, hospital?.keyArn);
  // S3 shows what was written at once: what somebody decided about and is not there has expired.
  if (!head && file?.release) return quarantine(deps, landing, ref, announcement, reasonOf("bytes-expired"));
  if (!head) throw new Transient("The object that landed cannot be seen");
  if (file) await markStored(deps.table, file, deps.clock.now());
  if ("unusableKey" in head)
    return quarantine(deps, landing, ref, announcement, reasonOf("wrong-key"), { readable: false });
  if (!hospital || !upload || !file)
    return quarantine(deps, landing, ref, announcement, reasonOf("unknown-upload"));
  return ingestAnnounced(deps, landing, announcement, { ref, head, hospital, upload, file });
}

/** Delivered again after it was done: the tag may be what the earlier run did not live to write. */
async function settled(
  deps: IngestDependencies,
  landing: LandingKey,
  ref: ObjectRef,
  file: UploadFileItem,
): Promise<IngestOutcome> {
  const kept = file.state !== "quarantined" || !staysForGood(file);
  if (file.state === "indexed") await followAgain(deps, instanceOf(file));
  if (kept && (await deps.objects.head(ref))) await markProcessed(deps, ref);
  if (file.state === "quarantined") await takeBackSuccession(deps, file);
  else await letGo(deps, landing, file, file.state);
  return "already";
}

function instanceOf(file: UploadFileItem): InstanceKey {
  const { region, hospital, studyUid = "", seriesUid = "", sopUid = "" } = file;
  return { region, hospital, studyUid, seriesUid, sopUid };
}

async function ingestAnnounced(
  deps: IngestDependencies,
  landing: LandingKey,
  announcement: Announcement,
  landed: LandedFile,
): Promise<IngestOutcome> {
  const refuse = (code: QuarantineReason, offset?: number) =>
    quarantine(deps, landing, landed.ref, announcement, {
      ...reasonOf(code),
      ...(offset !== undefined && { offset }),
    });
  const { head, file, hospital } = landed;
  if (!sameKey(head, hospital.keyArn)) return refuse("wrong-key");
  return withLandedHeader(deps.objects, landed.ref, head.size, async (read) => {
    const type = await recogniseSource(read, deps.objects, landed.ref);
    const aside = (refusal: DicomRejected) =>
      quarantine(deps, landing, landed.ref, announcement, refusalOf(refusal));
    if (read instanceof DicomRejected && !type) return aside(read);
    if (head.size !== file.size) return refuse("size-mismatch");
    if ((await sha256Of(deps.objects, landed.ref, head)) !== file.sha256) return refuse("checksum-mismatch");
    if (read instanceof DicomRejected) {
      const outcome = await ingestSource(deps, landing, landed, type as SourceType);
      return typeof outcome === "string" ? outcome : refuse(outcome.refused, 0);
    }
    const cut = await refusalBy(checkPixels(read.header, read.source));
    if (cut) return aside(cut);
    const outcome = await decide(deps, landed, read.header).catch(gone);
    if (outcome === "gone") return refuse("bytes-expired");
    if (landed.ref.bucket === "landing") await markProcessed(deps, landed.ref);
    await letGo(deps, landing, file, outcome);
    return outcome;
  });
}

/** No other delivery can bring back what has expired. */
function gone(error: unknown): "gone" {
  if (error instanceof BytesExpired) return "gone";
  throw error;
}

/** A photograph or document, which the order it was sent for gives an identity. */
async function ingestSource(
  deps: IngestDependencies,
  landing: LandingKey,
  landed: LandedFile,
  type: SourceType,
): Promise<IngestOutcome | { readonly refused: QuarantineReason }> {
  const converted = await convertSource(deps, landing, landed, type);
  if ("refused" in converted) return converted;
  const { landed: made } = converted;
  if ("known" in converted) {
    await recordDuplicate(deps, made, converted.known);
    await markProcessed(deps, landed.ref);
    return "duplicate";
  }
  const outcome = await withLandedHeader(deps.objects, made.ref, made.head.size, async (read) => {
    if (read instanceof DicomRejected) throw read;
    if (!isOf(read.header, converted.of)) throw new Error("The staged object is another one's");
    return decide(deps, made, read.header);
  });
  for (const ref of [made.ref, landed.ref]) await markProcessed(deps, ref);
  return outcome;
}

async function refusalBy(check: Promise<void>): Promise<DicomRejected | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    if (error instanceof DicomRejected) return error;
    throw error;
  }
}
