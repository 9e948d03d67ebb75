/**
 * A table that holds only what a request may reach. Keys that name another hospital throw (a use case must not even ask);
 * items found by an id are checked by their attributes, and one that is another's looks as if it were not there.
 * Writes to such items carry the check as a condition, so it holds in the same transaction.
 */
import type { Item, Query, Table } from "../ports.ts";
import type { Reach } from "./grant.ts";
import { narrowWrite } from "./narrow-write.ts";
import { type Ownership, ownerInAttributes, ownershipOf } from "./ownership.ts";
import { OutOfReach, reachesHospital, reachesStudy, sameStudy } from "./reach.ts";
import { hasExpired } from "./share-state.ts";

/** `now` decides whether a StudyAccess item still holds. */
export function narrowTable(table: Table, reach: Reach, now: () => Date = () => new Date()): Table {
  const seen = seenStudies(reach, now);
  const current = () => ({ ...reach, studies: seen.studies() });

  return {
    async get(key, options) {
      assertReadable(current(), key, ownershipOf(key));
      const item = await table.get(key, options);
      return item && visible(current(), item, seen) ? item : undefined;
    },
    async batchGet(keys, options) {
      for (const key of keys) assertReadable(current(), key, ownershipOf(key));
      const items = await table.batchGet(keys, options);
      return items.filter((item) => visible(current(), item, seen));
    },
    async query(query: Query) {
      assertReadable(current(), query, ownershipOf({ pk: query.pk }));
      const page = await table.query(query);
      return { ...page, items: page.items.filter((item) => visible(current(), item, seen)) };
    },
    async write(writes) {
      await table.write(writes.map((write) => narrowWrite(current(), write)));
    },
  };
}

/** Studies join the reach as their StudyAccess items are read: a search need not load all of them beforehand. */
function seenStudies(reach: Reach, now: () => Date) {
  const studies = [...reach.studies];
  return {
    studies: () => studies,
    /** DynamoDB deletes late: an item past its TTL is gone all the same. */
    gone: (item: Item): boolean => typeof item.expiresAt === "number" && hasExpired(item.expiresAt, now()),
    note(item: Item): boolean {
      const ownership = ownershipOf(item);
      if (ownership.kind !== "access" || !ownership.study) return false;
      const { study } = ownership;
      if (!studies.some((known) => sameStudy(known, study))) studies.push(study);
      return true;
    },
  };
}

function assertReadable(reach: Reach, key: { readonly pk: string }, ownership: Ownership): void {
  if (!readable(reach, ownership)) throw new OutOfReach(`Out of reach: a ${key.pk.split("#")[0]} partition`);
}

function readable(reach: Reach, ownership: Ownership): boolean {
  switch (ownership.kind) {
    case "hospital":
    case "audit":
      return reachesHospital(reach, ownership.owner);
    case "study":
      return reachesStudy(reach, ownership.owner);
    case "worklist":
      return (
        reachesHospital(reach, ownership.owner) ||
        reach.grantees.includes(`hospital-${ownership.owner.hospital}`)
      );
    case "access":
      return (
        reach.grantees.includes(ownership.grantee) ||
        (ownership.study !== undefined && reachesHospital(reach, ownership.study))
      );
    case "attributes":
    case "network":
      return true;
    default:
      return false;
  }
}

function visible(reach: Reach, item: Item, { gone, note }: ReturnType<typeof seenStudies>): boolean {
  if (gone(item)) return false;
  const ownership = ownershipOf(item);
  if (ownership.kind === "access") {
    return reach.grantees.includes(ownership.grantee) ? note(item) : true;
  }
  if (ownership.kind !== "attributes") return true;
  return reachesItem(reach, item);
}

/** Whether the attributes of an item found by its id put it in reach. */
function reachesItem(reach: Reach, item: Readonly<Record<string, unknown>>): boolean {
  const owner = ownerInAttributes(item);
  if (!owner) return false;
  if (reachesHospital(reach, owner)) return true;
  const { studyUid } = owner;
  if (studyUid !== undefined && reachesStudy(reach, { ...owner, studyUid })) return true;
  const toHospital = item.toHospital;
  return typeof toHospital === "string" && reach.grantees.includes(`hospital-${toHospital}`);
}
