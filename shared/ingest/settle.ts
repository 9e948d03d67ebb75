import type { ObjectRef, ObjectStore } from "../ports.ts";
import { dicomMediaType } from "../upload/limits.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** So long the landing bucket keeps what was made of a photograph or document, tagged or not. */
export const stagedDays = 30;

/** Done with: the landing and quarantine buckets expire what has this tag within a day. */
export const processedTag = { "mic-state": "processed" } as const;
/** Nobody has decided: the quarantine bucket expires it by its age. */
export const waitingTag = { "mic-state": "waiting" } as const;
/** Somebody decided to take it in, and ingest has yet to: it does not expire, however long that takes. */
export const takenTag = { "mic-state": "taken" } as const;

export const isProcessed = (tags: Readonly<Record<string, string>>): boolean =>
  tags["mic-state"] === processedTag["mic-state"];

export const isTaken = (tags: Readonly<Record<string, string>>): boolean =>
  tags["mic-state"] === takenTag["mic-state"];

/**
 * Begins the time anew for which the quarantine bucket keeps an object for a decision, where there is one: S3 counts from when
 * it was written. `metadata`: in place of what it says of itself.
 */
export async function waitAnew(
  objects: ObjectStore,
  key: string,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const ref: ObjectRef = { bucket: "quarantine", key };
  const head = await objects.head(ref);
  if (!head) return;
  const said = metadata ?? head.metadata;
  await objects.copy(ref, ref, {
    contentType: head.contentType ?? dicomMediaType,
    ...(head.kmsKeyId !== undefined && { kmsKeyId: head.kmsKeyId }),
    ...(said && { metadata: said }),
  });
  await objects.tag(ref, waitingTag);
}

export function markProcessed({ objects }: IngestDependencies, ref: ObjectRef): Promise<void> {
  return objects.tag(ref, processedTag);
}
