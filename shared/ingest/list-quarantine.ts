import type { Grant } from "../access/grant.ts";
import type { QuarantinedItem } from "../catalog/desk-items.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys, quarantinePartition } from "../catalog/keys.ts";
import type { Waiting } from "../contract/schemas/ingest.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Item, Key } from "../ports.ts";
import { hospitalOf } from "../upload/load-upload.ts";
import { staysForGood } from "./desk-file.ts";
import { keptUntil } from "./index-quarantined.ts";

const defaultPage = 50;
/** Entries looked at for one answer at most: a rare reason in a long list is found page by page. */
const entriesPerAnswer = 2000;
const entriesPerRead = 200;

export interface QuarantineQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly code?: string | undefined;
}

/**
 * Files that wait, of the newest upload first. An answer may hold fewer than `limit`, even none, and still have a `next`:
 * only files of the reason asked for are in it, and each page looks at a bounded number.
 */
export async function listQuarantine(
  grant: Grant,
  { cursor, limit = defaultPage, code }: QuarantineQuery,
): Promise<{ files: Waiting[]; next?: string }> {
  const hospital = hospitalOf(grant);
  const pk = quarantinePartition(hospital);
  const found: QuarantinedItem[] = [];
  let after: Key | undefined = cursor === undefined ? undefined : { pk, sk: decode(cursor) };
  let looked = 0;
  let more = true;
  while (more && found.length < limit && looked < entriesPerAnswer) {
    const page = await grant.table.query({
      pk,
      descending: true,
      limit: code === undefined ? limit - found.length : entriesPerRead,
      ...(after && { after }),
    });
    const wanted = (page.items as readonly QuarantinedItem[]).filter(
      (one) => code === undefined || one.code === code,
    );
    const taken = wanted.slice(0, limit - found.length);
    found.push(...taken);
    looked += entriesPerRead;
    const cut = taken.length < wanted.length;
    after = cut ? keyOf(taken.at(-1)) : page.next;
    more = cut || page.next !== undefined;
  }
  const files = await linesOf(grant, found);
  await grant.audit({ hospital, detail: `${files.length} files` });
  return { files, ...(more && after && { next: encodePlace(after.sk) }) };
}

const keyOf = (item: Item | undefined): Key | undefined => item && { pk: item.pk, sk: item.sk };

/** From the ledger, which says whether it still waits. */
async function linesOf(grant: Grant, entries: readonly QuarantinedItem[]): Promise<Waiting[]> {
  if (entries.length === 0) return [];
  const hospital = hospitalOf(grant);
  const wanted = entries.map(({ uploadId, fileId }) => keys.uploadFile(hospital, uploadId, fileId));
  const files = (await grant.table.batchGet(wanted)) as readonly UploadFileItem[];
  return files.filter(({ state, discarded }) => state === "quarantined" && !discarded).map(waitingOf);
}

/** Files from before there was a desk say when in `updatedAt` only. */
export function waitingOf(file: UploadFileItem): Waiting {
  const { uploadId, fileId, name, size, sha256, reason } = file;
  const quarantinedAt = file.quarantinedAt ?? file.updatedAt;
  return {
    uploadId,
    fileId,
    name,
    size,
    sha256,
    quarantinedAt,
    ...(!staysForGood(file) && { keptUntil: keptUntil(quarantinedAt).toISOString() }),
    reason: reason ? { ...reason } : { code: "unknown", en: "", zh: "" },
  };
}

const decode = (cursor: string): string =>
  decodePlace(cursor, /^[0-9A-Z]{26}#\d{6}$/, "a list of quarantined files")[0];
