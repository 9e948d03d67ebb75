import type { Item, Table } from "../ports.ts";
import { sumStudy } from "./counters.ts";
import type { StudyItem } from "./items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { queryAll } from "./query-all.ts";

export interface StudyProgress {
  /** Exact, as committed. */
  readonly instances: number;
  readonly bytes: number;
  /** Instances the study has in all, where a sender said so: the largest number said. */
  readonly expected?: number;
  /** Nothing arrived since the study was declared complete. */
  readonly complete: boolean;
  readonly completedAt?: string;
  readonly completedBecause?: "manifest" | "quiet";
  /** Those nobody has decided on. */
  readonly conflicts: readonly ConflictSummary[];
  readonly resolvedConflicts: number;
}

/** Other bytes that arrived under a SOP Instance UID of this study. */
export interface ConflictSummary {
  readonly sopUid: string;
  readonly sha256: string;
  /** The bytes the study holds under this UID. */
  readonly heldSha256: string;
  readonly uploadId: string;
  readonly fileId: string;
  readonly foundAt: string;
}

/** How far a study has arrived: "217 of 300". A few small reads whatever its size; undefined when there is no such study. */
export async function readStudyProgress(table: Table, key: StudyKey): Promise<StudyProgress | undefined> {
  const pk = studyPartition(key);
  const [item, sum, expectations, conflicts] = await Promise.all([
    table.get(keys.study(key), { consistent: true }),
    sumStudy(table, key),
    queryAll(table, { pk, prefix: prefixes.expectations }),
    queryAll(table, { pk, prefix: prefixes.conflicts }),
  ]);
  if (!item) return undefined;
  const { completedAt, completedBecause, completedInstances } = item as StudyItem;
  const open = conflicts.filter(({ resolution }) => resolution === undefined);
  const expected = expectedOf(expectations);
  return {
    ...sum,
    ...(expected !== undefined && { expected }),
    complete: completedAt !== undefined && completedInstances === sum.instances,
    ...(completedAt !== undefined && { completedAt }),
    ...(completedBecause && { completedBecause }),
    conflicts: open.map(conflictOf),
    resolvedConflicts: conflicts.length - open.length,
  };
}

/** Uploads may repeat each other, so what they announce is not added up. */
export function expectedOf(expectations: readonly Item[]): number | undefined {
  const numbers = expectations.map(({ instances }) => instances as number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function conflictOf(item: Item): ConflictSummary {
  const { sopUid, sha256, heldSha256, uploadId, fileId, foundAt } = item as Item & ConflictSummary;
  return { sopUid, sha256, heldSha256, uploadId, fileId, foundAt };
}
