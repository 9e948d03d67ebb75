import type { InstanceKey } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { metadataOf } from "../object-notes.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { type LandedFile, noteOf } from "./landed-file.ts";

/**
 * The original in the archive, unchanged and locked: copied by version id, unless it is there already. A locked version
 * stays for years, so there is never a second one of the same bytes: S3 itself refuses it, also from a worker that was
 * frozen past its claim, and from a copy sent again because its answer was lost. Answers the archived version's id.
 */
export async function archiveOriginal(
  deps: IngestDependencies,
  key: InstanceKey,
  landed: LandedFile,
  retainUntil: Date,
): Promise<string | undefined> {
  const { objects } = deps;
  const original: ObjectRef = { bucket: "archive", key: objectKeys.original(key, landed.file.sha256) };
  const archived = (await objects.head(original)) ?? (await copied(deps, landed, original, retainUntil));
  if (archived.size !== landed.head.size)
    throw new Error("The archived copy differs in size from what landed");
  if (archived.retainUntil && archived.retainUntil < retainUntil)
    await objects.extendRetention(versioned(original, archived), retainUntil);
  return archived.versionId;
}

async function copied(
  { objects }: IngestDependencies,
  landed: LandedFile,
  original: ObjectRef,
  retainUntil: Date,
): Promise<ObjectHead> {
  try {
    await objects.copy(landed.ref, original, {
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
  const archived = await objects.head(original);
  if (!archived) throw new Transient("The archive does not show the copy yet");
  return archived;
}

const versioned = (ref: ObjectRef, { versionId }: ObjectHead): ObjectRef =>
  versionId === undefined ? ref : { ...ref, versionId };
