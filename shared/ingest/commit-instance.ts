import type { ClaimItem } from "../catalog/claim-item.ts";
import { countInstance } from "../catalog/counters.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { Write } from "../ports.ts";
import { fileAudit } from "./audit-write.ts";
import { stillOurs } from "./claim.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finalWrites } from "./file-state.ts";
import type { LandedFile } from "./landed-file.ts";

/**
 * The moment an instance exists: claim, instance, both counters, ledger and audit record in one transaction, so that no
 * count ever differs from what is there. Throws ConditionFailed when the claim was taken over meanwhile.
 */
export async function commitInstance(
  deps: IngestDependencies,
  { file }: LandedFile,
  claim: ClaimItem,
  instance: InstanceItem,
  retainUntil: Date,
): Promise<void> {
  const now = deps.clock.now();
  const { studyUid, seriesUid, sopUid } = instance;
  const committed: Write = {
    op: "update",
    key: keys.claim(claim, sopUid),
    set: {
      state: "committed",
      committedAt: now.toISOString(),
      retainUntil: retainUntil.toISOString(),
      archiveVersionId: instance.archiveVersionId,
    },
    ...(claim.abandoned && { remove: ["abandoned"] }),
    when: [stillOurs(claim)],
  };
  await deps.table.write([
    committed,
    { op: "put", item: instance, when: [[{ attribute: "pk", is: "absent" }]] },
    ...countInstance(instance, instance.size),
    ...finalWrites(file, "indexed", now, { studyUid, seriesUid, sopUid }),
    fileAudit(deps, "indexInstance", file, { studyUid, seriesUid, sopUid }),
  ]);
}
