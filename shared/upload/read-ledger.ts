/** The ledger's lines: where every announced file is. */
import type { FileState, UploadFileItem } from "../catalog/items.ts";
import { type HospitalKey, keys, prefixes, uploadPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { Table } from "../ports.ts";

const finalStates: ReadonlySet<FileState> = new Set(["indexed", "duplicate", "conflict", "quarantined"]);
export const isFinal = (state: FileState): boolean => finalStates.has(state);

export interface FilePage {
  /** In the order announced. */
  readonly files: readonly UploadFileItem[];
  readonly more: boolean;
}

/** At most `limit` files after the one named, or from the first. Costs what it answers. */
export async function readFilePage(
  table: Table,
  hospital: HospitalKey,
  uploadId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<FilePage> {
  const { items, next } = await table.query({
    pk: uploadPartition(hospital, uploadId),
    prefix: prefixes.files,
    // One more tells whether there are more.
    limit: limit + 1,
    consistent: true,
    ...(after !== undefined && { after: keys.uploadFile(hospital, uploadId, after) }),
  });
  const files = items as readonly UploadFileItem[];
  return { files: files.slice(0, limit), more: files.length > limit || next !== undefined };
}

/** Every file: reads the whole upload. */
export async function readAllFiles(
  table: Pick<Table, "query">,
  hospital: HospitalKey,
  uploadId: string,
): Promise<readonly UploadFileItem[]> {
  const items = await queryAll(table, {
    pk: uploadPartition(hospital, uploadId),
    prefix: prefixes.files,
    limit: 10_000,
    consistent: true,
  });
  return items as readonly UploadFileItem[];
}
