/** What was found wrong with a study, kept beside it until it is found no more. */
import {
  type FindingCode,
  type FindingSource,
  type FindingValues,
  findingKinds,
  type Severity,
  severities,
} from "../contract/findings.ts";
import type { Item, Key, Table, Write } from "../ports.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "./keys.ts";
import { queryAll } from "./query-all.ts";

/** A finding as whoever found it says it. */
export interface Found {
  readonly code: FindingCode;
  /** Identifier of the series, order … it is about; without it the study. */
  readonly of?: string;
  /** Identifiers and numbers for the sentences; never a patient's name or dates. */
  readonly values?: FindingValues;
}

export interface FindingItem extends Item, StudyKey {
  readonly type: "finding";
  readonly source: FindingSource;
  readonly code: string;
  readonly severity: Severity;
  /** `-`: the study itself. */
  readonly of: string;
  readonly values: FindingValues;
  readonly foundAt: string;
}

/** A source that finds more says so little that the first ones are enough. */
const mostOfOneSource = 200;
const ofStudy = "-";
const writesPerTransaction = 50;

/**
 * Makes the findings of one source exactly these: what is found no more goes, what stays keeps its moment. Writes only
 * differences, so saying the same again writes nothing. Callers of one source and study take turns, or say it again after.
 */
export async function replaceFindings(
  table: Table,
  study: StudyKey,
  source: FindingSource,
  found: readonly Found[],
  now: Date,
): Promise<void> {
  const stored = await query(table, study, prefixes.findingsOf(source));
  const before = new Map(stored.map((item) => [item.sk, item]));
  const wanted = new Map(found.slice(0, mostOfOneSource).map((one) => itemOf(study, source, one, now)));
  const writes: Write[] = [
    ...[...wanted].flatMap(([sk, item]) => changed(item, before.get(sk))),
    ...stored.flatMap(({ pk, sk }): Write[] => (wanted.has(sk) ? [] : [{ op: "delete", key: { pk, sk } }])),
  ];
  for (let at = 0; at < writes.length; at += writesPerTransaction)
    await table.write(writes.slice(at, at + writesPerTransaction));
}

/** Most urgent first. */
export async function readFindings(table: Table, study: StudyKey): Promise<readonly FindingItem[]> {
  const found = await query(table, study, prefixes.findings);
  return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

async function query(table: Table, study: StudyKey, prefix: string): Promise<readonly FindingItem[]> {
  const items = await queryAll(table, { pk: studyPartition(study), prefix, consistent: true });
  return items as readonly Item[] as readonly FindingItem[];
}

function itemOf(
  { region, hospital, studyUid }: StudyKey,
  source: FindingSource,
  { code, of = ofStudy, values = {} }: Found,
  now: Date,
): readonly [string, FindingItem] {
  const key: Key = keys.finding({ region, hospital, studyUid }, source, code, of);
  const { severity } = findingKinds[code];
  const owner = { region, hospital, studyUid };
  const item = { ...owner, source, code, severity, of, values, foundAt: now.toISOString() };
  return [key.sk, { ...key, type: "finding", ...item }];
}

function changed(item: FindingItem, before: FindingItem | undefined): readonly Write[] {
  if (before && same(item, before)) return [];
  return [{ op: "put", item: { ...item, foundAt: before?.foundAt ?? item.foundAt } }];
}

const same = (a: FindingItem, b: FindingItem): boolean =>
  a.severity === b.severity && JSON.stringify(sorted(a.values)) === JSON.stringify(sorted(b.values));

const sorted = (values: FindingValues): readonly (readonly [string, unknown])[] =>
  Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
