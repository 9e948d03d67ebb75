import type { Grant } from "../access/grant.ts";
import type { EncounterClass } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Priority } from "../object-keys.ts";
import type { Item } from "../ports.ts";
import { hospitalOf } from "./load-upload.ts";

export interface UploadSummary {
  readonly uploadId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly priority: Priority;
  readonly encounterClass: EncounterClass;
}

/** Uploads of the hospital, newest first: a ULID begins with its time. */
export async function listUploads(
  grant: Grant,
  page: { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
): Promise<{ uploads: UploadSummary[]; next?: string }> {
  const { cursor } = page;
  if (cursor !== undefined && !/^[0-9A-Z]{26}$/.test(cursor))
    throw new Problem("invalid-request", "This cursor is not from a list of uploads.");
  const hospital = hospitalOf(grant);
  const found = await grant.table.query({
    pk: keys.uploadList(hospital, "").pk,
    descending: true,
    limit: page.limit ?? 50,
    ...(cursor !== undefined && { after: keys.uploadList(hospital, cursor) }),
  });
  await grant.audit({ hospital });
  return { uploads: found.items.map(summary), ...(found.next && { next: found.next.sk }) };
}

function summary(item: Item): UploadSummary {
  const { uploadId, createdAt, createdBy, priority, encounterClass } = item as Item & UploadSummary;
  return { uploadId, createdAt, createdBy, priority, encounterClass };
}
