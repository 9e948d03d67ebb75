import type { ObjectRef } from "../ports.ts";
import type { IngestDependencies } from "./dependencies.ts";

/** The landing bucket's lifecycle expires objects with this tag and no others. */
export const processedTag = { "mic-state": "processed" } as const;

export const isProcessed = (tags: Readonly<Record<string, string>>): boolean =>
  tags["mic-state"] === processedTag["mic-state"];

export function markProcessed({ objects }: IngestDependencies, ref: ObjectRef): Promise<void> {
  return objects.tag(ref, processedTag);
}
