import type { Grant } from "../access/grant.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { ShareItem } from "./items.ts";

export function ownHospital(grant: Grant): HospitalKey {
  if (!grant.hospital) throw new Problem("forbidden", "Links belong to a hospital; yours is not known.");
  const { region, hospital } = grant.hospital;
  return { region, hospital };
}

/** The link in the path, within the caller's hospital. */
export async function loadShare(grant: Grant, shareId: string): Promise<ShareItem> {
  const share = (await grant.table.get(keys.share(shareId), { consistent: true })) as ShareItem | undefined;
  if (share?.hospital !== grant.hospital?.hospital || !share) {
    throw new Problem("not-found", "Your hospital has no such link.");
  }
  return share;
}
