/** Brings a hospital into the network, with a key of its own or its group's. */
import type { Grant } from "../access/grant.ts";
import type { HospitalItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { CreateHospitalRequest, HospitalView } from "../contract/schemas/network.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import { type KeyDependencies, makeGroupKey } from "./make-group-key.ts";
import { hospitalView } from "./read-hospitals.ts";

/**
 * Asking again under the same `requestId` answers the hospital it made. Throws Problem("conflict") when the id is taken:
 * ids are part of every key and never change hands.
 */
export async function createHospital(
  deps: KeyDependencies,
  grant: Grant,
  requestId: string,
  request: CreateHospitalRequest,
): Promise<HospitalView> {
  const { hospital, name, tier, keyGroup = hospital } = request;
  const owner: HospitalKey = { region: deps.region, hospital };
  const known = await grant.table.get(keys.hospital(owner), { consistent: true });
  if (known?.requestId === requestId) return hospitalView(known as HospitalItem);
  if (known) throw taken();
  const keyArn = await makeGroupKey(deps, grant.table, keyGroup, requestId);
  const item: HospitalItem = {
    ...keys.hospital(owner),
    type: "hospital",
    ...owner,
    name,
    tier,
    keyGroup,
    keyArn,
    createdAt: deps.clock.now().toISOString(),
    requestId,
  };
  try {
    await grant.table.write([
      { op: "put", item, when: [[{ attribute: "pk", is: "absent" }]] },
      ...grant.auditWrites({ hospital: owner, detail: `key group ${keyGroup}` }),
    ]);
  } catch (error) {
    if (error instanceof ConditionFailed) throw taken();
    throw error;
  }
  return hospitalView(item);
}

const taken = (): Problem => new Problem("conflict", "A hospital with this id is in the network already.");
