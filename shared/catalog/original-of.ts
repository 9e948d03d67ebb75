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

/** The photograph an instance was made from; undefined for what was DICOM already, and for a document, which lies inside. */
export function sourceOf(
  instance: InstanceKey & Pick<InstanceItem, "source">,
): (ObjectRef & { readonly bucket: "archive" }) | undefined {
  const { source } = instance;
  const extension = source && keptSources[source.mediaType];
  if (!source || !extension) return undefined;
  return { bucket: "archive", key: objectKeys.source(instance, source.sha256, extension) };
}

const keptSources: Readonly<Record<string, "jpg" | "png">> = { "image/jpeg": "jpg", "image/png": "png" };

type Locked = "sha256" | "archiveVersionId" | "source" | "correctedFrom" | "superseded";

/** Everything of the instance that lies locked: what it stands for, what it stood for, and what it was made from. */
export function archivedOf(instance: InstanceKey & Pick<InstanceItem, Locked>): readonly ObjectRef[] {
  const { correctedFrom, superseded = [], archiveVersionId: _, ...bare } = instance;
  const uncorrected = correctedFrom && {
    bucket: "archive" as const,
    key: objectKeys.uncorrected(instance, instance.sha256, correctedFrom.sha256),
    ...(correctedFrom.archiveVersionId !== undefined && { versionId: correctedFrom.archiveVersionId }),
  };
  const photograph = sourceOf(instance);
  return [
    originalOf(instance),
    ...superseded.map((one) => originalOf({ ...bare, ...one })),
    ...(uncorrected ? [uncorrected] : []),
    ...(photograph ? [photograph] : []),
  ];
}
