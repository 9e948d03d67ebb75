import type { FileState, UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Table, When, Write } from "../ports.ts";

/** A file becomes final once. */
const notFinal: When = [
  [{ attribute: "state", is: "=", value: "awaiting" }],
  [{ attribute: "state", is: "=", value: "stored" }],
];

type Final = Exclude<FileState, "awaiting" | "stored">;

/** The ledger's part of a transaction. */
export function finalWrite(
  file: UploadFileItem,
  state: Final,
  now: Date,
  set: Partial<Pick<UploadFileItem, "reason" | "studyUid" | "seriesUid" | "sopUid">>,
): Write {
  return {
    op: "update",
    key: keys.uploadFile(file, file.uploadId, file.fileId),
    set: { state, updatedAt: now.toISOString(), ...set },
    when: notFinal,
  };
}

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
    ]);
  } catch (error) {
    // Another delivery of the same event was faster.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
