import type { InstanceKey } from "../catalog/keys.ts";
import { objectKeys } from "../object-keys.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ObjectStore } from "../ports.ts";
import type { RebuildInstance, RebuildOriginal } from "./rebuild-message.ts";

export interface Current {
  /** Absent when all of them are superseded. */
  readonly original?: RebuildOriginal;
  /** Those that stood for the UID before, oldest first. */
  readonly superseded: readonly RebuildOriginal[];
}

/**
 * Which of a SOP Instance UID's originals stands for it (docs/data-layout.md): one that is not tagged as superseded; of
 * several, the one archived first. One that lies alone may have given way too, to bytes of another study.
 */
export async function currentOriginal(
  objects: Pick<ObjectStore, "tagsOf">,
  key: InstanceKey,
  { originals }: RebuildInstance,
): Promise<Current> {
  const superseded: RebuildOriginal[] = [];
  const standing: RebuildOriginal[] = [];
  for (const original of originals) {
    const { sha256, versionId } = original;
    const ref = { bucket: "archive", key: objectKeys.original(key, sha256), versionId } as const;
    (isSuperseded(await objects.tagsOf(ref)) ? superseded : standing).push(original);
  }
  const [original] = standing;
  return { ...(original && { original }), superseded };
}
