/** The writing half of a narrowed table. */
import type { Condition, Item, When, Write } from "../ports.ts";
import type { Reach } from "./grant.ts";
import { ownerInAttributes, ownershipOf } from "./ownership.ts";
import { OutOfReach, reachesHospital, reachesStudy } from "./reach.ts";

const attributesOfOwner = ["region", "hospital", "studyUid"] as const;

/** The write as it may be done; throws OutOfReach when it may not. */
export function narrowWrite(reach: Reach, write: Write): Write {
  const key = write.op === "put" ? write.item : write.key;
  const ownership = ownershipOf(key);
  if (ownership.kind === "attributes") return narrowByAttributes(reach, write);
  const allowed = (() => {
    switch (ownership.kind) {
      case "hospital":
        return reachesHospital(reach, ownership.owner);
      case "study":
        return reachesStudy(reach, ownership.owner);
      case "worklist":
        return mayWriteWorklist(reach, write, ownership.owner);
      case "access":
        // Only the hospital that owns a study gives it away or takes it back.
        return ownership.study !== undefined && reachesHospital(reach, ownership.study);
      case "audit":
        return write.op === "put" && mayLeaveRecord(reach, ownership.owner);
      case "network":
        return write.op === "check" || reach.network === true;
      default:
        return false;
    }
  })();
  if (!allowed) throw new OutOfReach(`Out of reach: ${write.op} in a ${key.pk.split("#")[0]} partition`);
  return write;
}

/** The referring hospital puts the consult there; the receiving one updates and removes it. */
function mayWriteWorklist(
  reach: Reach,
  write: Write,
  owner: { readonly region: string; readonly hospital: string },
): boolean {
  if (reachesHospital(reach, owner) || reach.grantees.includes(`hospital-${owner.hospital}`)) return true;
  const from = write.op === "put" ? ownerInAttributes(write.item) : undefined;
  return from !== undefined && reachesHospital(reach, from);
}

/** Records are only ever added: under the hospital in reach, that of a study in reach, or the network's. */
function mayLeaveRecord(
  reach: Reach,
  owner: { readonly region: string; readonly hospital: string },
): boolean {
  const hospitals = [...reach.hospitals, ...reach.studies];
  if (hospitals.some((known) => known.region === owner.region && known.hospital === owner.hospital))
    return true;
  return reach.network === true || reach.grantees.includes(`hospital-${owner.hospital}`);
}

function narrowByAttributes(reach: Reach, write: Write): Write {
  if (write.op === "put") return narrowPut(reach, write);
  if (write.op === "update") {
    const moved = attributesOfOwner.some((name) => name in (write.set ?? {}) || write.remove?.includes(name));
    if (moved) throw new OutOfReach("Out of reach: an item changes its owner");
  }
  return { ...write, when: and(write.when, ownersInReach(reach)) };
}

function narrowPut(reach: Reach, write: Write & { readonly op: "put" }): Write {
  const owner = ownerInAttributes(write.item);
  const inReach =
    owner !== undefined &&
    (reachesHospital(reach, owner) ||
      (owner.studyUid !== undefined && reachesStudy(reach, { ...owner, studyUid: owner.studyUid })));
  if (!inReach) throw new OutOfReach(`Out of reach: put of a ${kindOf(write.item)}`);
  const replaces: When = [[{ attribute: "pk", is: "absent" }], ...ownersInReach(reach)];
  return { ...write, when: and(write.when, replaces) };
}

const kindOf = (item: Item): string => item.pk.split("#")[0] ?? "";

/** One group for each owner in reach: an item found by its id must be one of theirs. */
function ownersInReach(reach: Reach): When {
  const is = (attribute: string, value: string): Condition => ({ attribute, is: "=", value });
  const inbox = reach.grantees
    .filter((grantee) => grantee.startsWith("hospital-"))
    .map((grantee) => [is("toHospital", grantee.slice("hospital-".length))]);
  return [
    ...reach.hospitals.map((key) => [is("region", key.region), is("hospital", key.hospital)]),
    ...reach.studies.map((key) => [
      is("region", key.region),
      is("hospital", key.hospital),
      is("studyUid", key.studyUid),
    ]),
    ...inbox,
  ];
}

/** Both must hold: every group of one with every group of the other. */
function and(one: When | undefined, other: When): When {
  if (other.length === 0) throw new OutOfReach("Out of reach: nothing is in reach");
  if (one === undefined || one.length === 0) return other;
  const groups = one.flatMap((group) => other.map((extra) => [...group, ...extra]).filter(possible));
  if (groups.length === 0) throw new OutOfReach("Out of reach: the condition can never hold");
  return groups;
}

/** A group that wants the item absent and an attribute present can never hold. */
function possible(group: readonly Condition[]): boolean {
  const absent = group.some(({ attribute, is }) => attribute === "pk" && is === "absent");
  return !absent || group.every(({ is }) => is === "absent" || is === "!=");
}
