/** One archived original, from bytes to instance item, as ingest would have left it. */
import type { ClaimItem } from "../catalog/claim-item.ts";
import { countInstance } from "../catalog/counters.ts";
import { ensureStudy } from "../catalog/ensure-study.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import { serviceAudit } from "../ingest/audit-write.ts";
import type { CatalogItems } from "../ingest/catalog-items.ts";
import { stillOurs } from "../ingest/claim.ts";
import { writeMetadata } from "../ingest/write-metadata.ts";
import type { Write } from "../ports.ts";
import type { ReadOriginal } from "./read-original.ts";
import type { RebuildDependencies } from "./rebuild-study.ts";

/** `contested`: the UID stands for other bytes by now, and they stay. */
export type Restored = "restored" | "there" | "contested";

/**
 * Puts claim, instance, counters and audit record in one transaction, so that counts are exact whoever else works on the
 * study. Throws Transient while ingest holds the UID.
 */
export async function restoreInstance(
  deps: RebuildDependencies,
  key: InstanceKey,
  { header, items, retainUntil }: ReadOriginal,
  { study, series }: Pick<CatalogItems, "study" | "series">,
): Promise<Restored> {
  const instance: InstanceItem = { ...items.instance, restoredAt: deps.clock.now().toISOString() };
  const found = await deps.table.batchGet([keys.claim(key, key.sopUid), keys.instance(key)], {
    consistent: true,
  });
  const claim = found.find(({ type }) => type === "claim") as ClaimItem | undefined;
  const there = found.find(({ type }) => type === "instance") as InstanceItem | undefined;
  if (isTaken(key, instance, claim, there)) return "contested";
  // Only now: a study of nothing but contested originals holds no instance.
  await ensureStudy(deps.table, study, series);
  await writeMetadata(deps, key, instance.sha256, header, instance.keyArn);
  const claimed = claimWrites(deps, instance, retainUntil, claim);
  const added = there
    ? []
    : [
        { op: "put", item: instance, when: [[{ attribute: "pk", is: "absent" }]] } as const,
        ...countInstance(instance, instance.size),
      ];
  const writes = [...claimed, ...added];
  if (writes.length === 0) return "there";
  const { studyUid, seriesUid, sopUid } = key;
  const audit = serviceAudit(deps, "rebuild", "restoreInstance", key, { studyUid, seriesUid, sopUid });
  try {
    await deps.table.write([...writes, audit]);
  } catch (error) {
    if (error instanceof ConditionFailed)
      throw new Transient("Lost a race for this instance", { cause: error });
    throw error;
  }
  return "restored";
}

function isTaken(
  key: InstanceKey,
  { sha256 }: InstanceItem,
  claim: ClaimItem | undefined,
  there: InstanceItem | undefined,
): boolean {
  if (there && there.sha256 !== sha256) return true;
  if (claim?.state !== "committed") return false;
  const { studyUid, seriesUid } = claim;
  return claim.sha256 !== sha256 || studyUid !== key.studyUid || seriesUid !== key.seriesUid;
}

function claimWrites(
  { clock }: RebuildDependencies,
  instance: InstanceItem,
  retainUntil: Date,
  found: ClaimItem | undefined,
): readonly Write[] {
  if (found?.state === "committed") return [];
  if (found && found.leaseUntil > clock.now().getTime())
    throw new Transient("Another worker archives this instance now");
  const { region, hospital, studyUid, seriesUid, sopUid, sha256, size, uploadId, fileId } = instance;
  const item: ClaimItem = {
    ...keys.claim(instance, sopUid),
    type: "claim",
    ...{ region, hospital, studyUid, seriesUid, sopUid },
    state: "committed",
    ...{ sha256, size, uploadId, fileId },
    owner: `${uploadId}/${fileId}/rebuild`,
    leaseUntil: 0,
    committedAt: instance.indexedAt,
    retainUntil: retainUntil.toISOString(),
    ...(instance.superseded && { superseded: instance.superseded.map((one) => one.sha256) }),
    ...(instance.archiveVersionId !== undefined && { archiveVersionId: instance.archiveVersionId }),
  };
  return [{ op: "put", item, when: [found ? stillOurs(found) : [{ attribute: "pk", is: "absent" }]] }];
}
