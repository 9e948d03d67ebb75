import type { Grant } from "../access/grant.ts";
import type { HospitalItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { isHospitalId } from "../contract/identifiers.ts";
import type { HospitalView } from "../contract/schemas/network.ts";
import { Problem } from "../errors.ts";
import type { Item } from "../ports.ts";

const pageSize = 200;

/** Without the key's ARN: infrastructure is not for clients. */
export function hospitalView(item: HospitalItem): HospitalView {
  const { region, hospital, name, tier, keyGroup, createdAt } = item;
  return { region, hospital, name, tier, keyGroup, createdAt };
}

/** Hospitals of the network by id. They are no patient's data, so reading them leaves no audit record. */
export async function listHospitals(
  { table }: Grant,
  region: string,
  cursor?: string,
): Promise<{ hospitals: HospitalView[]; next?: string }> {
  if (cursor !== undefined && !isHospitalId(cursor))
    throw new Problem("invalid-request", "This cursor is not from a list of hospitals.");
  const first = keys.hospital({ region, hospital: "" });
  const page = await table.query({
    pk: first.pk,
    prefix: first.sk,
    limit: pageSize,
    ...(cursor !== undefined && { after: keys.hospital({ region, hospital: cursor }) }),
  });
  const hospitals = (page.items as readonly Item[] as readonly HospitalItem[]).map(hospitalView);
  const last = hospitals.at(-1);
  return { hospitals, ...(page.next && last && { next: last.hospital }) };
}

export async function getHospital({ table }: Grant, region: string, hospital: string): Promise<HospitalView> {
  const item = await table.get(keys.hospital({ region, hospital }));
  if (!item) throw new Problem("not-found", "There is no such hospital in the network.");
  return hospitalView(item as HospitalItem);
}
