import { objectKeys } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import type { InstanceItem } from "./items.ts";
import type { InstanceKey } from "./keys.ts";

/**
 * The archived original, by the version that was locked: Object Lock keeps that version, but not that its key shows it. A
 * later version or a delete marker changes nothing for readers.
 */
export function originalOf(
  instance: InstanceKey & Pick<InstanceItem, "sha256" | "archiveVersionId">,
): ObjectRef & { readonly bucket: "archive" } {
  const { sha256, archiveVersionId: versionId } = instance;
  const key = objectKeys.original(instance, sha256);
  return { bucket: "archive", key, ...(versionId !== undefined && { versionId }) };
}
