import { objectKeys } from "../object-keys.ts";
import type { ObjectRef } from "../ports.ts";
import { originsOf } from "./corrected-from.ts";
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

type Bytes = InstanceKey & Pick<InstanceItem, "sha256" | "archiveVersionId" | "correctedFrom">;
type Locked = Bytes & Pick<InstanceItem, "source" | "superseded">;

/** What it stands for, and what it stood for before. */
function originalsOf({ superseded = [], ...instance }: Locked): readonly Bytes[] {
  const { region, hospital, studyUid, seriesUid, sopUid } = instance;
  return [instance, ...superseded.map((one) => ({ region, hospital, studyUid, seriesUid, sopUid, ...one }))];
}

/** Everything that corrected copies among its originals were made of, each under the hash of what was made of it. */
export function uncorrectedOf(instance: Locked): readonly (ObjectRef & { readonly sha256: string })[] {
  return originalsOf(instance).flatMap((copy) => {
    const origins = originsOf(copy.correctedFrom);
    return origins.map(({ sha256, archiveVersionId: versionId }, index) => ({
      bucket: "archive" as const,
      key: objectKeys.uncorrected(copy, origins[index - 1]?.sha256 ?? copy.sha256, sha256),
      ...(versionId !== undefined && { versionId }),
      sha256,
    }));
  });
}

/** Everything of the instance that lies locked: what it stands for, what it stood for, and what each was made from. */
export function archivedOf(instance: Locked): readonly ObjectRef[] {
  const photograph = sourceOf(instance);
  return [
    ...originalsOf(instance).map(originalOf),
    ...uncorrectedOf(instance).map(({ sha256: _, ...ref }) => ref),
    ...(photograph ? [photograph] : []),
  ];
}
