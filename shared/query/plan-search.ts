/**
 * Chooses the index that answers a study search. The table in docs/conformance-statement.md is this file in words:
 * predicates an index covers cost the same in a small archive and in a large one.
 */
import type { ClaimItem } from "../catalog/claim-item.ts";
import { type HospitalKey, keys, searchPartitions } from "../catalog/keys.ts";
import { meansNobody, namePrefixFor } from "../catalog/name-queries.ts";
import type { Table } from "../ports.ts";
import { type DateRange, emptyValue, listOf, parseRange } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";

const tags = {
  studyDate: "00080020",
  accession: "00080050",
  modality: "00080060",
  modalities: "00080061",
  patientName: "00100010",
  patientId: "00100020",
  studyUid: "0020000D",
  sopUid: "00080018",
} as const;

export interface IndexPartition {
  readonly pk: string;
  /** Names the partition within the plan, so that a cursor survives a new month being added. */
  readonly label: string;
  readonly prefix?: string;
  readonly between?: readonly [string, string];
}

export interface Plan {
  readonly index: "study-uid" | "instance-uid" | "accession" | "patient-id" | "name" | "modality" | "date";
  /** Studies named outright, for `study-uid` and `instance-uid`. */
  readonly studyUids: readonly string[];
  /** Partitions to walk, in order. */
  readonly partitions: readonly IndexPartition[];
  /** Name keys that begin with this belong to the answer; a study is taken at its first one only. */
  readonly namePrefix?: string;
  /** Whether every matching key is served by the index, so that no study is read in vain. */
  readonly covered: boolean;
}

/** The cheapest plan for one hospital: the most selective key that has an index wins. */
export async function planSearch(table: Table, hospital: HospitalKey, search: Search): Promise<Plan> {
  const match = indexable(search);
  const only = (...served: string[]): boolean => [...match.keys()].every((tag) => served.includes(tag));

  const uids = match.get(tags.studyUid);
  if (uids !== undefined)
    return { index: "study-uid", studyUids: listOf(uids), partitions: [], covered: only(tags.studyUid) };

  const sopUids = match.get(tags.sopUid);
  if (sopUids !== undefined) {
    const studyUids = await studiesOfInstances(table, hospital, listOf(sopUids));
    return { index: "instance-uid", studyUids, partitions: [], covered: only(tags.sopUid) };
  }

  const accession = exact(match.get(tags.accession));
  if (accession !== undefined) {
    const pk = searchPartitions.accession(hospital, accession);
    return {
      index: "accession",
      studyUids: [],
      partitions: [{ pk, label: "" }],
      covered: only(tags.accession),
    };
  }

  const range = match.has(tags.studyDate)
    ? parseRange(match.get(tags.studyDate) as string, tags.studyDate)
    : undefined;
  const patientId = exact(match.get(tags.patientId));
  if (patientId !== undefined) {
    const partition = { pk: searchPartitions.patientId(hospital, patientId), label: "", ...dated(range) };
    return {
      index: "patient-id",
      studyUids: [],
      partitions: [partition],
      covered: only(tags.patientId, tags.studyDate),
    };
  }

  const name = match.get(tags.patientName);
  if (name !== undefined && meansNobody(name))
    return { index: "name", studyUids: [], partitions: [], covered: false };
  const namePrefix = name === undefined ? undefined : namePrefixFor(name, { fuzzy: search.fuzzy });
  if (namePrefix !== undefined) {
    const pk = searchPartitions.name(hospital, [...namePrefix][0] as string);
    const partitions = [{ pk, label: "", prefix: namePrefix }];
    return { index: "name", studyUids: [], partitions, namePrefix, covered: only(tags.patientName) };
  }
  return planByMonth(table, hospital, { match, range, only });
}

/** No index holds what has no value. */
const indexable = ({ match, empty }: Search): ReadonlyMap<string, string> =>
  empty ? new Map([...match].filter(([, value]) => value !== emptyValue)) : match;

/** A hospital's SOP Instance UID is claimed once, for one study. */
async function studiesOfInstances(
  table: Table,
  hospital: HospitalKey,
  sopUids: readonly string[],
): Promise<readonly string[]> {
  const claims = await table.batchGet([...new Set(sopUids)].map((sopUid) => keys.claim(hospital, sopUid)));
  return [...new Set((claims as readonly ClaimItem[]).map(({ studyUid }) => studyUid))].sort();
}

interface ByMonth {
  readonly match: ReadonlyMap<string, string>;
  readonly range: DateRange | undefined;
  readonly only: (...served: string[]) => boolean;
}

async function planByMonth(
  table: Table,
  hospital: HospitalKey,
  { match, range, only }: ByMonth,
): Promise<Plan> {
  const modality = singleModality(match.get(tags.modalities) ?? match.get(tags.modality));
  const partitions = (await monthsWithStudies(table, hospital, range)).map((month) => ({
    pk:
      modality === undefined
        ? searchPartitions.month(hospital, month)
        : searchPartitions.modalityMonth(hospital, modality, month),
    label: month,
    ...dated(range),
  }));
  return modality === undefined
    ? { index: "date", studyUids: [], partitions, covered: only(tags.studyDate) }
    : { index: "modality", studyUids: [], partitions, covered: only(tags.studyDate, tags.modalities) };
}

/** Newest first. A hospital has a few hundred months at most, one page. */
async function monthsWithStudies(
  table: Table,
  hospital: HospitalKey,
  range: DateRange | undefined,
): Promise<string[]> {
  const from = range?.from.slice(0, 6) || "000000";
  const to = range?.to.slice(0, 6) || "999999";
  const page = await table.query({
    pk: searchPartitions.months(hospital),
    between: [from, to],
    descending: true,
  });
  return page.items.map(({ sk }) => sk).filter((month) => range === undefined || month !== "000000");
}

/** `~` sorts after every digit and after `#`, so the last day is included whole. */
function dated(range: DateRange | undefined): { between?: readonly [string, string] } {
  return range === undefined ? {} : { between: [range.from || "0", range.to === "" ? "~" : `${range.to}~`] };
}

const exact = (value: string | undefined): string | undefined =>
  value === undefined || /[*?]/.test(value) ? undefined : value.trim();

const singleModality = (value: string | undefined): string | undefined =>
  value !== undefined && /^[A-Z0-9_]{1,16}$/.test(value) ? value : undefined;
