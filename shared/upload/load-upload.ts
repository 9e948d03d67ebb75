import type { Grant } from "../access/grant.ts";
import type { HospitalItem, UploadFileItem, UploadItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";

/** The hospital the caller uploads for. Throws Problem when the route was not narrowed to one. */
export function hospitalOf(grant: Grant): HospitalKey {
  if (!grant.hospital) throw new Problem("invalid-request", "Name the hospital with ?hospital=.");
  return grant.hospital;
}

export async function loadHospital(grant: Grant): Promise<HospitalItem> {
  const item = await grant.table.get(keys.hospital(hospitalOf(grant)));
  if (!item) throw new Problem("not-found", "This hospital is not part of the network yet.");
  return item as HospitalItem;
}

/** Read consistently: a client asks about what it has just announced. */
export async function loadUpload(grant: Grant, uploadId: string): Promise<UploadItem> {
  const item = await grant.table.get(keys.upload(hospitalOf(grant), uploadId), { consistent: true });
  if (!item) throw new Problem("not-found", "There is no such upload.");
  return item as UploadItem;
}

export async function loadFile(grant: Grant, uploadId: string, fileId: string): Promise<UploadFileItem> {
  const item = await grant.table.get(keys.uploadFile(hospitalOf(grant), uploadId, fileId), {
    consistent: true,
  });
  if (!item) throw new Problem("not-found", "There is no such file in this upload.");
  return item as UploadFileItem;
}

export function refuseCompleted(completedAt: string | undefined): void {
  if (completedAt === undefined) return;
  throw new Problem("conflict", "This upload was completed. Announce further files in a new one.");
}
