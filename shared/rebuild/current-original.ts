import type { InstanceKey } from "../catalog/keys.ts";
import { objectKeys } from "../object-keys.ts";
import { isSuperseded } from "../object-notes.ts";
import type { ObjectStore } from "../ports.ts";
import type { RebuildInstance, RebuildOriginal } from "./rebuild-message.ts";

/**
 * Which of a SOP Instance UID's originals stands for it (docs/data-layout.md): one that is not tagged as superseded; of
 * several, the one archived first. Answers undefined when all of them are superseded.
 */
export async function currentOriginal(
  objects: Pick<ObjectStore, "tagsOf">,
  key: InstanceKey,
  { originals }: RebuildInstance,
): Promise<RebuildOriginal | undefined> {
  if (originals.length < 2) return originals[0];
  for (const original of originals) {
    const { sha256, versionId } = original;
    const tags = await objects.tagsOf({
      bucket: "archive",
      key: objectKeys.original(key, sha256),
      versionId,
    });
    if (!isSuperseded(tags)) return original;
  }
  return undefined;
}
