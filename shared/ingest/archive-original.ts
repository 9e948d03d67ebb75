import type { InstanceKey } from "../catalog/keys.ts";
import { Transient } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectHead, ObjectRef } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { LandedFile } from "./landed-file.ts";

/**
 * The original in the archive, unchanged and locked: copied by version id, unless a run that died had done so already. A
 * locked version stays for years, so there is never a second one of the same bytes. Answers the archived version's id.
 */
export async function archiveOriginal(
  { objects }: IngestDependencies,
  key: InstanceKey,
  { ref, head, file, hospital }: LandedFile,
  retainUntil: Date,
): Promise<string | undefined> {
  const original: ObjectRef = { bucket: "archive", key: objectKeys.original(key, file.sha256) };
  const there = await objects.head(original);
  if (there) {
    if (there.retainUntil && there.retainUntil < retainUntil)
      await objects.extendRetention(versioned(original, there), retainUntil);
    return there.versionId;
  }
  await objects.copy(ref, original, {
    contentType: dicomMediaType,
    kmsKeyId: hospital.keyArn,
    retainUntil,
  });
  const archived = await objects.head(original);
  if (!archived) throw new Transient("The archive does not show the copy yet");
  if (archived.size !== head.size) throw new Error("The archived copy differs in size from what landed");
  return archived.versionId;
}

const versioned = (ref: ObjectRef, { versionId }: ObjectHead): ObjectRef =>
  versionId === undefined ? ref : { ...ref, versionId };
