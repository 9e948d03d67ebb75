import type { InstanceItem } from "../catalog/items.ts";
import { sourceOf } from "../catalog/original-of.ts";
import { objectKeys } from "../object-keys.ts";
import type { ListedVersion } from "../ports.ts";
import { isThere } from "./is-there.ts";
import type { LedgerAudit } from "./walk.ts";

/**
 * What stays archived beside an instance's original: bytes it stood for before, those it is a corrected copy of, and the
 * photograph it was made from.
 */
export async function auditKeptBeside(
  audit: LedgerAudit,
  instance: InstanceItem,
  byKey: ReadonlyMap<string, readonly ListedVersion[]>,
): Promise<void> {
  const { studyUid, seriesUid, sopUid, superseded = [], correctedFrom } = instance;
  const examine = (sha256: string, holds: boolean, detail: string): void =>
    audit.tally.examine("original", holds, { studyUid, seriesUid, sopUid, sha256, detail });
  for (const { sha256 } of superseded)
    examine(
      sha256,
      byKey.has(objectKeys.original(instance, sha256)),
      "stood for the instance before, and is not in the archive",
    );
  const source = sourceOf(instance);
  if (source)
    examine(instance.sha256, byKey.has(source.key), "the photograph it was made from is not in the archive");
  if (!correctedFrom) return;
  const key = objectKeys.uncorrected(instance, instance.sha256, correctedFrom.sha256);
  const there = await isThere(audit, { bucket: "archive", key });
  examine(
    correctedFrom.sha256,
    there,
    "is what the instance is a corrected copy of, and is not in the archive",
  );
}
