/** The ledger's totals: sharded counters, moved in the transactions that move a file. */
import type { FileState, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { counterShards, type HospitalKey, keys, prefixes, uploadPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { Item, Table, Write } from "../ports.ts";

export type Totals = Readonly<Record<FileState, number>>;
/** States of files that have landed. */
type Landed = Exclude<FileState, "awaiting">;

export interface UploadTotals {
  readonly upload: UploadItem;
  /** Their sum is the number of files announced, at any moment. */
  readonly totals: Totals;
  /** Completed, and every file final. */
  readonly done: boolean;
}

/** For the transaction that moves the file. Files are numbered, so neighbours never meet at one counter. */
export function countMove(
  { region, hospital, uploadId, fileId }: UploadFileItem,
  add: Readonly<Partial<Record<Landed, number>>>,
): Write {
  const key = keys.uploadCounter({ region, hospital }, uploadId, Number(fileId) % counterShards);
  return { op: "update", key, add, set: { type: "upload-counter", region, hospital, uploadId } };
}

/** For the transaction that adds the line of a file nobody announced to an upload that was made again: it counts what is found. */
export function countFound(file: UploadFileItem): readonly Write[] {
  return [
    {
      op: "update",
      key: keys.upload(file, file.uploadId),
      add: { fileCount: 1 },
      when: [[{ attribute: "restoredAt", is: "present" }]],
    },
    countMove(file, { [file.state]: 1 }),
  ];
}

/**
 * At most 16 small items and the upload, whatever its size; undefined for an unknown upload. The counters first: every file
 * they count was announced by then, so none is counted that the upload does not know.
 */
export async function readTotals(
  table: Table,
  hospital: HospitalKey,
  uploadId: string,
): Promise<UploadTotals | undefined> {
  const pk = uploadPartition(hospital, uploadId);
  const counters = await queryAll(table, { pk, prefix: prefixes.uploadCounters, consistent: true });
  const item = await table.get(keys.upload(hospital, uploadId), { consistent: true });
  if (!item) return undefined;
  const upload = item as UploadItem;
  const landed = sum(counters);
  const awaiting = upload.fileCount - Object.values(landed).reduce((all, count) => all + count, 0);
  const done = upload.completedAt !== undefined && awaiting + landed.stored === 0;
  return { upload, totals: { awaiting, ...landed }, done };
}

function sum(counters: readonly Item[]): Readonly<Record<Landed, number>> {
  const totals = { stored: 0, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  for (const counter of counters)
    for (const state of Object.keys(totals) as (keyof typeof totals)[])
      totals[state] += (counter[state] as number | undefined) ?? 0;
  return totals;
}
