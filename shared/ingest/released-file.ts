/** What ingest takes in when a file was taken out of quarantine or out of a conflict. */
import { originsOf } from "../catalog/corrected-from.ts";
import type { FileState, UploadFileItem } from "../catalog/items.ts";
import { KeyUnavailable } from "../errors.ts";
import { type LandingKey, objectKeys, parseConflictKey } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";
import type { IngestOutcome } from "./outcome.ts";
import { processedTag, waitingTag } from "./settle.ts";

export interface Intake {
  readonly ref: ObjectRef;
  /** The ledger's line, with size and SHA-256 of what is taken in. */
  readonly file: UploadFileItem;
}

/**
 * Undefined for a file that comes by landing. Whichever event wakes ingest, the ledger says which bytes count: the landed
 * ones may still be there beside a corrected copy.
 */
export async function releasedIntake(
  deps: IngestDependencies,
  landing: LandingKey,
  file: UploadFileItem,
): Promise<Intake | undefined> {
  const { release } = file;
  if (!release || file.state !== "stored") return undefined;
  if (release.object) {
    const { key, sha256, size } = release.object;
    return { ref: { bucket: "quarantine", key }, file: { ...file, sha256, size } };
  }
  const ref = aside(deps, landing);
  // Under a key that was not usable then, it was left where it landed.
  if (!(await isStored(deps, ref))) return undefined;
  return { ref, file };
}

/** Also under a key that cannot be used (again). */
async function isStored({ objects }: IngestDependencies, ref: ObjectRef): Promise<boolean> {
  return objects.head(ref).then(
    (head) => head !== undefined,
    (error: unknown) => {
      if (error instanceof KeyUnavailable) return true;
      throw error;
    },
  );
}

/** Where quarantine keeps a file's own bytes. */
export function aside({ region }: Pick<IngestDependencies, "region">, landing: LandingKey): ObjectRef {
  const { hospital, uploadId, fileId } = landing;
  return { bucket: "quarantine", key: objectKeys.quarantine({ region, hospital }, uploadId, fileId) };
}

/**
 * Lets go of what a released file leaves in the quarantine bucket once it is in the archive: the bucket expires what is
 * tagged. May be repeated, and after it has expired. `state`: what has become of the file. In conflict still, all of it waits
 * for the next decision, but for a copy whose bytes lie with the conflict now.
 */
export async function letGo(
  deps: IngestDependencies,
  landing: LandingKey,
  { release }: UploadFileItem,
  state: FileState | IngestOutcome,
): Promise<void> {
  if (!release) return;
  const taken = release.object?.key ?? aside(deps, landing).key;
  if (state !== "conflict" || !parseConflictKey(taken)) await retag(deps, taken, processedTag);
  if (state === "conflict") return;
  // What a copy was made of is in the archive only once the copy is indexed.
  const tag = state === "indexed" ? processedTag : waitingTag;
  for (const { key } of originsOf(release.correctedFrom)) await retag(deps, key, tag);
}

async function retag(
  { objects }: IngestDependencies,
  key: string,
  tag: typeof processedTag | typeof waitingTag,
): Promise<void> {
  const ref = { bucket: "quarantine", key } as const;
  if (await objects.head(ref)) await objects.tag(ref, tag);
}
