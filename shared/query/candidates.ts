/** The studies a search looks at, source by source: first those granted by items, then each hospital in reach by its index. */
import type { Grant } from "../access/grant.ts";
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import type { Item, Key, Table } from "../ports.ts";
import type { Position } from "./cursor.ts";
import type { Search } from "./parse-search.ts";
import { type IndexPartition, type Plan, planSearch } from "./plan-search.ts";

export interface Candidate {
  readonly key: StudyKey;
  readonly position: Position;
  /** For a name index: the key it was found under and the prefix that was asked for. */
  readonly name?: { readonly key: string; readonly prefix: string };
}

/** Yields every candidate after `start`, without reading further than it is asked to. */
export async function* candidates(grant: Grant, search: Search, start?: Position): AsyncGenerator<Candidate> {
  if (start === undefined || start.source === 0) yield* grantedCandidates(grant, search, start);
  for (const [index, hospital] of grant.reach.hospitals.entries()) {
    const source = index + 1;
    if (start !== undefined && start.source > source) continue;
    const plan = await planSearch(grant.table, hospital, search);
    yield* hospitalCandidates(
      grant.table,
      { hospital, plan, search, source },
      start?.source === source ? start : undefined,
    );
  }
}

const accessLabel = "ACCESS";

async function* grantedCandidates(grant: Grant, search: Search, start?: Position): AsyncGenerator<Candidate> {
  const uids = search.match.get("0020000D")?.split(/[,\\]/);
  if (start?.label !== accessLabel) yield* studiesInReach(grant, uids, start);
  // A request narrowed to single studies sees no others; one over a whole hospital also sees what that was given.
  if (grant.reach.hospitals.length === 0) return;
  const after = start?.label === accessLabel ? start.after : "";
  for (const grantee of grant.reach.grantees) yield* accessCandidates(grant.table, grantee, uids, after);
}

function* studiesInReach(
  grant: Grant,
  uids: readonly string[] | undefined,
  start?: Position,
): Generator<Candidate> {
  const from = start === undefined ? 0 : Number(start.after);
  for (const [index, key] of grant.reach.studies.entries()) {
    if (index < from || (uids !== undefined && !uids.includes(key.studyUid))) continue;
    yield { key, position: { source: 0, label: "", after: String(index + 1) } };
  }
}

/** StudyAccess items a page at a time: reading one puts its study in the narrowed table's reach. */
async function* accessCandidates(
  table: Table,
  grantee: string,
  uids: readonly string[] | undefined,
  after: string,
): AsyncGenerator<Candidate> {
  const pk = `ACCESS#${grantee}`;
  for (const prefix of uids?.toSorted().map((uid) => `STUDY#${uid}#`) ?? ["STUDY#"]) {
    let next: Key | undefined = after.startsWith(prefix) ? { pk, sk: after } : undefined;
    if (next === undefined && after > prefix) continue;
    do {
      const page = await table.query({ pk, prefix, limit: 100, ...(next && { after: next }) });
      for (const item of page.items) {
        const { region, hospital, studyUid } = item as unknown as StudyKey;
        const position = { source: 0, label: accessLabel, after: item.sk };
        yield { key: { region, hospital, studyUid }, position };
      }
      next = page.next;
    } while (next !== undefined);
  }
}

interface Source {
  readonly hospital: HospitalKey;
  readonly plan: Plan;
  readonly search: Search;
  readonly source: number;
}

async function* hospitalCandidates(
  table: Table,
  source: Source,
  start?: Position,
): AsyncGenerator<Candidate> {
  for (const [index, studyUid] of source.plan.studyUids.entries()) {
    if (start !== undefined && index < Number(start.after)) continue;
    const position = { source: source.source, label: "", after: String(index + 1) };
    yield { key: { ...source.hospital, studyUid }, position };
  }
  for (const partition of source.plan.partitions) {
    // Months run from new to old: a month newer than the cursor's was finished on an earlier page.
    if (start !== undefined && partition.label > start.label) continue;
    const after = start?.label === partition.label ? { pk: partition.pk, sk: start.after } : undefined;
    yield* partitionCandidates(table, source, partition, after);
  }
}

async function* partitionCandidates(
  table: Table,
  { hospital, plan, search, source }: Source,
  { pk, label, prefix, between }: IndexPartition,
  start?: Key,
): AsyncGenerator<Candidate> {
  let after = start;
  do {
    const limit = Math.min(search.limit + search.offset, 100) + 1;
    const page = await table.query({
      pk,
      limit,
      descending: plan.namePrefix === undefined,
      ...(prefix === undefined ? {} : { prefix }),
      ...(between === undefined ? {} : { between }),
      ...(after === undefined ? {} : { after }),
    });
    for (const item of page.items) {
      const key = { ...hospital, studyUid: item.studyUid as string };
      const position = { source, label, after: item.sk };
      const name =
        plan.namePrefix === undefined ? {} : { name: { key: nameKeyOf(item), prefix: plan.namePrefix } };
      yield { key, position, ...name };
    }
    after = page.next;
  } while (after !== undefined);
}

const nameKeyOf = (item: Item): string => item.sk.slice(0, item.sk.indexOf("#"));
