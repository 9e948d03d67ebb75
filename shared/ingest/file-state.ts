import type { FileState, UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Condition, Table, Write } from "../ports.ts";
import { countMove } from "../upload/totals.ts";

type Final = Exclude<FileState, "awaiting" | "stored">;

/**
 * The ledger's part of a transaction: a file that was marked as stored becomes final, once. A decision at the desk makes it
 * stored again: what an earlier delivery found holds only for the line as that read it.
 */
export function finalWrites(
  file: UploadFileItem,
  state: Final,
  now: Date,
  set: Partial<
    Pick<UploadFileItem, "reason" | "quarantinedAt" | "stays" | "studyUid" | "seriesUid" | "sopUid">
  >,
): readonly Write[] {
  return [
    {
      op: "update",
      key: keys.uploadFile(file, file.uploadId, file.fileId),
      set: { state, updatedAt: now.toISOString(), ...set },
      when: [[{ attribute: "state", is: "=", value: "stored" }, asRead(file)]],
    },
    countMove(file, { stored: -1, [state]: 1 }),
  ];
}

const asRead = ({ releases }: UploadFileItem): Condition =>
  releases === undefined
    ? { attribute: "releases", is: "absent" }
    : { attribute: "releases", is: "=", value: releases };

/** It has landed. Before anything else is written about the file. */
export async function markStored(table: Table, file: UploadFileItem, now: Date): Promise<void> {
  if (file.state !== "awaiting") return;
  try {
    await table.write([
      {
        op: "update",
        key: keys.uploadFile(file, file.uploadId, file.fileId),
        set: { state: "stored", updatedAt: now.toISOString() },
        when: [[{ attribute: "state", is: "=", value: "awaiting" }]],
      },
      countMove(file, { stored: 1 }),
    ]);
  } catch (error) {
    // Another delivery of the same event was faster.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
