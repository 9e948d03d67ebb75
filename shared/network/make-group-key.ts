/** The KMS key of a group of hospitals, made once: whoever writes the group's item makes it, so no second key is ever there. */
import { keys } from "../catalog/keys.ts";
import { ConditionFailed, Transient } from "../errors.ts";
import type { Clock, Item, KeyService, Table } from "../ports.ts";

export interface KeyDependencies {
  readonly keyService: KeyService;
  readonly clock: Clock;
  readonly region: string;
}

interface KeyGroupItem extends Item {
  readonly type: "key-group";
  readonly region: string;
  readonly keyGroup: string;
  readonly createdAt: string;
  /** Whose turn it is to make the key, and since when; gone once there is a key. */
  readonly creating?: string;
  readonly creatingSince?: string;
  readonly keyArn?: string;
}

/** Far longer than a function that answers a request may run: after this, whoever was making the key is dead. */
const turnMilliseconds = 2 * 60_000;

/**
 * Answers the ARN. `requestId` tells two callers apart. Throws Transient while another call makes the key. A run that died
 * after the key got its alias is taken up where it stopped, since the key service finds a key by its alias.
 */
export async function makeGroupKey(
  deps: KeyDependencies,
  table: Table,
  keyGroup: string,
  requestId: string,
): Promise<string> {
  const key = keys.keyGroup(deps.region, keyGroup);
  const known = (await table.get(key, { consistent: true })) as KeyGroupItem | undefined;
  if (known?.keyArn !== undefined) return known.keyArn;
  await takeTurn(deps, table, { keyGroup, requestId, known });
  const keyArn = await deps.keyService.createGroupKey(keyGroup);
  await finish(table, key, { keyArn, requestId });
  return keyArn;
}

async function takeTurn(
  { clock, region }: KeyDependencies,
  table: Table,
  turn: { readonly keyGroup: string; readonly requestId: string; readonly known: KeyGroupItem | undefined },
): Promise<void> {
  const { keyGroup, requestId: creating, known } = turn;
  const now = clock.now();
  const since = known?.creatingSince ?? "";
  const over = new Date(now.getTime() - turnMilliseconds).toISOString();
  if (known && known.creating !== creating && since > over) throw busy();
  const item: KeyGroupItem = {
    ...keys.keyGroup(region, keyGroup),
    type: "key-group",
    region,
    keyGroup,
    createdAt: known?.createdAt ?? now.toISOString(),
    creating,
    creatingSince: now.toISOString(),
  };
  const unchanged = known
    ? ({ attribute: "creatingSince", is: "=", value: since } as const)
    : ({ attribute: "pk", is: "absent" } as const);
  await table.write([{ op: "put", item, when: [[unchanged]] }]).catch(lost);
}

async function finish(
  table: Table,
  key: { readonly pk: string; readonly sk: string },
  { keyArn, requestId }: { readonly keyArn: string; readonly requestId: string },
): Promise<void> {
  const when = [[{ attribute: "creating", is: "=", value: requestId } as const]];
  await table
    .write([{ op: "update", key, set: { keyArn }, remove: ["creating", "creatingSince"], when }])
    .catch(lost);
}

/** Somebody else's turn: asking again finds what they made. */
function lost(error: unknown): never {
  throw error instanceof ConditionFailed ? busy(error) : error;
}

const busy = (cause?: Error): Transient =>
  new Transient("The key of this group is being made", cause && { cause });
