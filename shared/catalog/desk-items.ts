/** Shapes of what waits for a person: files in quarantine, conflicts, and what was decided about them. */
import type { Priority } from "../object-keys.ts";
import type { Item } from "../ports.ts";
import type { CorrectedFrom } from "./corrected-from.ts";
import type { HospitalKey, StudyKey } from "./keys.ts";

/** Bytes that a copy was made of: in the quarantine bucket, archived beside the copy once that is taken in. */
export type Origin = CorrectedFrom<{
  readonly key: string;
  /** Tags in which the copy differs. */
  readonly attributes: readonly string[];
}>;

/** A file taken out of quarantine or out of a conflict. What it says is done by ingest, from the table's stream. */
export interface Release {
  readonly at: string;
  /** The principal's id. */
  readonly by: string;
  /** Code of the reason it waited with, or `conflict`. */
  readonly was: string;
  /** Chooses the queue. */
  readonly priority: Priority;
  /** What was asked for with it, by name: values to assign, or an order. The same again is no other decision. */
  readonly asked?: Readonly<Record<string, string>>;
  /** Which object of the quarantine bucket is to be taken in; absent: the file's own, wherever it was kept. */
  readonly object?: { readonly key: string; readonly sha256: string; readonly size: number };
  /** `object` is a corrected copy of these bytes. */
  readonly correctedFrom?: Origin;
  /** The SHA-256 the instance stands for until this file takes its place. */
  readonly replaces?: string;
}

/** A file that waits at the quarantine desk. The ledger's line says the rest. */
export interface QuarantinedItem extends Item, HospitalKey {
  readonly type: "quarantined-file";
  readonly uploadId: string;
  readonly fileId: string;
  readonly code: string;
  readonly quarantinedAt: string;
  /** Epoch seconds; the table's TTL. Absent where the bytes lie in landing, which expires nothing unprocessed. */
  readonly expiresAt?: number;
}

/** Other bytes that arrived under a SOP Instance UID of the study. */
export interface ConflictItem extends Item, StudyKey {
  readonly type: "conflict";
  readonly sopUid: string;
  readonly sha256: string;
  /** The bytes the study held under this UID when the others came. */
  readonly heldSha256: string;
  readonly size: number;
  readonly inStudyUid: string;
  readonly inSeriesUid: string;
  /** In the quarantine bucket. */
  readonly objectKey: string;
  readonly uploadId: string;
  readonly fileId: string;
  /** The other bytes are a corrected copy of these. */
  readonly correctedFrom?: Origin;
  readonly foundAt: string;
  readonly resolution?: Resolution;
}

export interface Resolution {
  readonly keep: "first" | "new" | "both";
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
  /** Of the copy, where both were kept. */
  readonly sopUid?: string;
}

/** Bytes that a copy was made of, archived beside it (`uncorrected/…`). */
export type ArchivedOrigin = CorrectedFrom<{ readonly archiveVersionId?: string }>;

/** Bytes an instance stood for until an admin let others take their place. */
export interface Superseded {
  readonly sha256: string;
  readonly size: number;
  readonly archiveVersionId?: string;
  readonly correctedFrom?: ArchivedOrigin;
  readonly indexedAt: string;
  readonly supersededAt: string;
}
