import type { ClaimItem } from "../catalog/claim-item.ts";
import { extendStudyRetention } from "../catalog/ensure-study.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { archivedOf, originalOf } from "../catalog/original-of.ts";
import type { ObjectRef, Write } from "../ports.ts";
import { fileAudit } from "./audit-write.ts";
import type { IngestDependencies } from "./dependencies.ts";
import { finalWrites } from "./file-state.ts";
import type { LandedFile } from "./landed-file.ts";
import { retainUntil } from "./retention.ts";

/** The same bytes again: nothing is stored twice. An upload whose encounter asks for longer extends the retention. */
export async function recordDuplicate(
  deps: IngestDependencies,
  { file, upload }: LandedFile,
  committed: ClaimItem,
): Promise<void> {
  const { studyUid, seriesUid, sopUid } = committed;
  // Superseded bytes are there for good too, but no longer what the study is kept for.
  const old = committed.superseded?.includes(file.sha256);
  const longer = old ? undefined : longerRetention(deps, upload.encounterClass, committed);
  if (longer) {
    for (const ref of await lockedWith(deps, committed)) await deps.objects.extendRetention(ref, longer);
    await extendStudyRetention(deps.table, committed, longer.toISOString());
  }
  await deps.table.write([
    ...finalWrites(file, "duplicate", deps.clock.now(), { studyUid, seriesUid, sopUid }),
    ...(longer ? extended(committed, longer) : []),
    fileAudit(deps, "recordDuplicate", file, { studyUid, seriesUid, sopUid }),
  ]);
}

/** All that is locked for the instance: also what it stood for before, and what it was made from. */
async function lockedWith(
  { table }: IngestDependencies,
  committed: ClaimItem,
): Promise<readonly ObjectRef[]> {
  const instance = await table.get(keys.instance(committed), { consistent: true });
  return instance ? archivedOf(instance as InstanceItem) : [originalOf(committed)];
}

function longerRetention(
  { retentionYears }: IngestDependencies,
  encounterClass: LandedFile["upload"]["encounterClass"],
  { committedAt, retainUntil: current }: ClaimItem,
): Date | undefined {
  if (committedAt === undefined || current === undefined) return undefined;
  const asked = retainUntil(new Date(committedAt), retentionYears[encounterClass]);
  return asked.toISOString() > current ? asked : undefined;
}

function extended(committed: ClaimItem, until: Date): readonly Write[] {
  const set = { retainUntil: until.toISOString() };
  // Another upload may have asked for longer still: then this one looks again.
  const asRead = { attribute: "retainUntil", is: "=", value: committed.retainUntil ?? "" } as const;
  return [{ op: "update", key: keys.claim(committed, committed.sopUid), set, when: [[asRead]] }];
}
