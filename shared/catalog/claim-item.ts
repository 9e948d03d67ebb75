import type { Item } from "../ports.ts";
import type { InstanceKey } from "./keys.ts";

export interface AbandonedBytes extends Pick<InstanceKey, "studyUid" | "seriesUid"> {
  readonly sha256: string;
}

/** Which bytes a hospital's SOP Instance UID stands for. Leased while one worker archives them, then committed for good. */
export interface ClaimItem extends Item, InstanceKey {
  readonly type: "claim";
  readonly state: "claimed" | "committed";
  readonly sha256: string;
  readonly size: number;
  readonly uploadId: string;
  readonly fileId: string;
  /** `<uploadId>/<fileId>/<attempt>`: the fencing token of the transaction that commits. */
  readonly owner: string;
  /** Epoch milliseconds; another worker may take over after this. */
  readonly leaseUntil: number;
  readonly committedAt?: string;
  readonly archiveVersionId?: string;
  readonly retainUntil?: string;
  /** Other bytes it was claimed for before, by workers that may have archived them and never committed. Until it is committed. */
  readonly abandoned?: readonly AbandonedBytes[];
  /** Bytes that are about to take the place of the committed ones: one decision at a time. */
  readonly replacing?: string;
  /** Bytes it stood for before, by SHA-256; all of them are in the archive. */
  readonly superseded?: readonly string[];
}
