import type { ArchivedOrigin, Origin } from "../catalog/desk-items.ts";
import type { InstanceKey } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { metadataOf } from "../object-notes.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { type LandedFile, noteOf } from "./landed-file.ts";

/** What was to be taken in is not there any more, and will not be: no other delivery can help. */
export class BytesExpired extends Error {
  override readonly name = "BytesExpired";
}

/**
 * The original in the archive, unchanged and locked: copied by version id, unless it is there already. A locked version
 * stays for years, so there is never a second one of the same bytes: S3 itself refuses it, also from a worker that was
 * frozen past its claim, and from a copy sent again because its answer was lost. Answers the archived version's id.
 */
export function archiveOriginal(
  deps: IngestDependencies,
  key: InstanceKey,
  landed: LandedFile,
  retainUntil: Date,
): Promise<string | undefined> {
  const { ref, head, file } = landed;
  const original: ObjectRef = { bucket: "archive", key: objectKeys.original(key, file.sha256) };
  return archiveOnce(deps, landed, { ref, size: head.size }, original, retainUntil);
}

/** Of a corrected copy: everything it was made of, locked beside it, under keys that say what was made of what. */
export function archiveUncorrected(
  deps: IngestDependencies,
  key: InstanceKey,
  landed: LandedFile,
  retainUntil: Date,
): Promise<ArchivedOrigin | undefined> {
  const { file } = landed;
  return archiveOrigin(file.sha256, file.release?.correctedFrom);

  async function archiveOrigin(
    copy: string,
    origin: Origin | undefined,
  ): Promise<ArchivedOrigin | undefined> {
    if (!origin) return undefined;
    const { sha256 } = origin;
    const to: ObjectRef = { bucket: "archive", key: objectKeys.uncorrected(key, copy, sha256) };
    const ref: ObjectRef = { bucket: "quarantine", key: origin.key };
    const head = (await deps.objects.head(ref)) ?? (await deps.objects.head(to));
    if (!head) throw new BytesExpired("The bytes that were corrected are gone");
    const archiveVersionId = await archiveOnce(deps, landed, { ref, size: head.size }, to, retainUntil);
    const from = await archiveOrigin(sha256, origin.from);
    return { sha256, ...(archiveVersionId !== undefined && { archiveVersionId }), ...(from && { from }) };
  }
}

interface Bytes {
  readonly ref: ObjectRef;
  readonly size: number;
}

async function archiveOnce(
  deps: IngestDependencies,
  landed: LandedFile,
  from: Bytes,
  to: ObjectRef,
  retainUntil: Date,
): Promise<string | undefined> {
  const { objects } = deps;
  const archived = (await objects.head(to)) ?? (await copied(deps, landed, from.ref, to, retainUntil));
  if (archived.size !== from.size) throw new Error("The archived copy differs in size from what came");
  if (archived.retainUntil && archived.retainUntil < retainUntil)
    await objects.extendRetention(versioned(to, archived), retainUntil);
  return archived.versionId;
}

async function copied(
  { objects }: IngestDependencies,
  landed: LandedFile,
  from: ObjectRef,
  to: ObjectRef,
  retainUntil: Date,
): Promise<ObjectHead> {
  try {
    await objects.copy(from, to, {
      contentType: dicomMediaType,
      kmsKeyId: landed.hospital.keyArn,
      metadata: metadataOf(noteOf(landed)),
      retainUntil,
      ifAbsent: true,
    });
  } catch (error) {
    // There already, from another worker or from an attempt of ours: the key holds the hash, so it is the same bytes.
    if (!(error instanceof ConditionFailed)) throw error;
  }
  const archived = await objects.head(to);
  if (!archived) throw new Transient("The archive does not show the copy yet");
  return archived;
}

const versioned = (ref: ObjectRef, { versionId }: ObjectHead): ObjectRef =>
  versionId === undefined ? ref : { ...ref, versionId };
