import type { InstanceKey } from "../catalog/keys.ts";
import { sourceOf } from "../catalog/original-of.ts";
import { ConditionFailed } from "../errors.ts";
import { metadataOf } from "../object-notes.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { type LandedFile, noteOf } from "./landed-file.ts";

/**
 * The photograph as it was sent, locked beside the object that was made of it: that one has no EXIF, and may have been turned.
 * A document lies inside its object bit for bit.
 */
export async function archiveSource(
  deps: IngestDependencies,
  key: InstanceKey,
  { source, hospital, upload, file }: LandedFile,
  retainUntil: Date,
): Promise<void> {
  const kept = source && sourceOf({ ...key, source });
  if (!source || !kept) return;
  const { objects } = deps;
  const there = await objects.head(kept);
  if (there?.retainUntil && there.retainUntil < retainUntil) await objects.extendRetention(kept, retainUntil);
  if (there) return;
  try {
    await objects.copy(source.ref, kept, {
      contentType: source.mediaType,
      kmsKeyId: hospital.keyArn,
      metadata: metadataOf(noteOf({ upload, file })),
      retainUntil,
      ifAbsent: true,
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
