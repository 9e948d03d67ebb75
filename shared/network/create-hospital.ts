/** Brings a hospital into the network, with a key of its own or its group's. */
import type { Grant } from "../access/grant.ts";
import type { HospitalItem } from "../catalog/items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { CreateHospitalRequest, HospitalView } from "../contract/schemas/network.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Clock, Item, KeyService, Table } from "../ports.ts";
import { hospitalView } from "./read-hospitals.ts";

export interface NetworkDependencies {
  readonly keyService: KeyService;
  readonly clock: Clock;
  readonly region: string;
}

interface KeyGroupItem extends Item {
  readonly type: "key-group";
  readonly region: string;
  readonly keyGroup: string;
  readonly keyArn: string;
  readonly createdAt: string;
}

/**
 * Asking again under the same `requestId` answers the hospital it made. Throws Problem("conflict") when the id is taken:
 * ids are part of every key and never change hands.
 */
export async function createHospital(
  deps: NetworkDependencies,
  grant: Grant,
  requestId: string,
  request: CreateHospitalRequest,
): Promise<HospitalView> {
  const { hospital, name, tier, keyGroup = hospital } = request;
  const owner: HospitalKey = { region: deps.region, hospital };
  const known = await grant.table.get(keys.hospital(owner), { consistent: true });
  if (known?.requestId === requestId) return hospitalView(known as HospitalItem);
  if (known) throw taken();
  const { keyArn } = await groupKey(deps, grant.table, keyGroup);
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

/** One key a group. Creating is idempotent by group, so a run that died before it wrote the item finds the same key. */
async function groupKey(
  { keyService, clock, region }: NetworkDependencies,
  table: Table,
  keyGroup: string,
): Promise<KeyGroupItem> {
  const key = keys.keyGroup(region, keyGroup);
  const known = await table.get(key, { consistent: true });
  if (known) return known as KeyGroupItem;
  const keyArn = await keyService.createGroupKey(keyGroup);
  const createdAt = clock.now().toISOString();
  const item: KeyGroupItem = { ...key, type: "key-group", region, keyGroup, keyArn, createdAt };
  try {
    await table.write([{ op: "put", item, when: [[{ attribute: "pk", is: "absent" }]] }]);
    return item;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return (await table.get(key, { consistent: true })) as KeyGroupItem;
  }
}

const taken = (): Problem => new Problem("conflict", "A hospital with this id is in the network already.");
