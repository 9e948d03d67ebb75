/** The ledger: where every announced file is. It balances at any moment: announced = the sum of the states. */
import type { FileState, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { type HospitalKey, keys, prefixes, uploadPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { Transient } from "../errors.ts";
import type { Table } from "../ports.ts";

export type Totals = Readonly<Record<FileState, number>>;
const finalStates: ReadonlySet<FileState> = new Set(["indexed", "duplicate", "conflict", "quarantined"]);
export const isFinal = (state: FileState): boolean => finalStates.has(state);

export interface LedgerSnapshot {
  readonly upload: UploadItem;
  /** In the order announced. */
  readonly files: readonly UploadFileItem[];
  readonly totals: Totals;
  /** Completed, and every file final. */
  readonly done: boolean;
}

const attempts = 4;

/**
 * Undefined for an unknown upload. Read until no files were announced meanwhile, so that the count kept by the upload and
 * the states of the files are of one moment. Throws Transient when the sender announces faster than that.
 */
export async function readLedger(
  table: Table,
  hospital: HospitalKey,
  uploadId: string,
): Promise<LedgerSnapshot | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const item = await table.get(keys.upload(hospital, uploadId), { consistent: true });
    if (!item) return undefined;
    const upload = item as UploadItem;
    const files = await readFiles(table, hospital, uploadId);
    if (files.length !== upload.fileCount) continue;
    const totals = totalsOf(files);
    const done = upload.completedAt !== undefined && files.every(({ state }) => isFinal(state));
    return { upload, files, totals, done };
  }
  throw new Transient("Files are being announced right now");
}

async function readFiles(
  table: Table,
  hospital: HospitalKey,
  uploadId: string,
): Promise<readonly UploadFileItem[]> {
  const items = await queryAll(table, {
    pk: uploadPartition(hospital, uploadId),
    prefix: prefixes.files,
    limit: 10_000,
    consistent: true,
  });
  return (items as readonly UploadFileItem[]).toSorted((a, b) => Number(a.fileId) - Number(b.fileId));
}

function totalsOf(files: readonly UploadFileItem[]): Totals {
  const totals = { awaiting: 0, stored: 0, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  for (const { state } of files) totals[state]++;
  return totals;
}
