/** QIDO-RS search for studies (PS3.18 §10.6) over the studies a principal may reach, newest first within each hospital. */
import type { Grant } from "../access/grant.ts";
import { holdsInstances } from "../catalog/holds-instances.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { type Candidate, candidates } from "./candidates.ts";
import { decodeCursor, encodeCursor, type Position, searchName } from "./cursor.ts";
import { FillingPage } from "./filling-page.ts";
import { matchesStudy } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";
import { searchLimits } from "./search-limits.ts";

export interface StudyPage {
  readonly studies: readonly StudyItem[];
  /** Present when more may match. */
  readonly next?: string;
  /** The page ended because of what a request may examine, not because it was full. */
  readonly capped: boolean;
}

/**
 * At most `search.limit` studies, fewer when their answers together grow too large (`weigh`: bytes one takes). Examines at
 * most `searchLimits.studiesExamined`, then answers what it has and a cursor.
 */
export async function searchStudies(
  grant: Grant,
  search: Search,
  weigh: (study: StudyItem) => number = () => 0,
): Promise<StudyPage> {
  const name = searchName(search, [grant.reach.hospitals, grant.reach.grantees]);
  const start = search.cursor === undefined ? undefined : decodeCursor(search.cursor, name);
  const page = new FillingPage<StudyItem>(search);
  const studies = page.results;
  let examined = 0;
  let last: Position | undefined;
  const next = (): string => encodeCursor(last as Position, name);

  for await (const { study, position } of examineStudies(grant, search, start)) {
    if (study && !page.take(study, weigh)) return { studies, next: next(), capped: false };
    last = position;
    if (++examined >= searchLimits.studiesExamined) return { studies, next: next(), capped: true };
  }
  return { studies, capped: false };
}

export interface Examined {
  /** Undefined where it does not belong to the answer. */
  readonly study: StudyItem | undefined;
  readonly position: Position;
}

/** Every study a search has to look at, in order, with what is matched at study level. */
export async function* examineStudies(
  grant: Grant,
  search: Search,
  start: Position | undefined,
): AsyncGenerator<Examined> {
  const chunkSize = Math.min(search.limit + search.offset + 1, 100);
  for await (const chunk of inChunks(candidates(grant, search, start), chunkSize)) {
    for (const { study, candidate } of await readChunk(grant, chunk)) {
      const wanted = study !== undefined && belongs(study, candidate, search);
      yield { study: wanted ? study : undefined, position: candidate.position };
    }
  }
}

async function readChunk(grant: Grant, chunk: readonly Candidate[]) {
  const items = await grant.table.batchGet(chunk.map(({ key }) => keys.study(key)));
  const held = await Promise.all(items.map((item) => holdsInstances(grant.table, item as StudyItem)));
  const byPartition = new Map(
    items.filter((_, index) => held[index]).map((item) => [item.pk, item as StudyItem]),
  );
  return chunk.map((candidate) => ({ candidate, study: byPartition.get(keys.study(candidate.key).pk) }));
}

/** A name prefix may find one study under several keys; only the first of them counts, on whatever page it falls. */
function belongs(study: StudyItem, { name }: Candidate, search: Search): boolean {
  const { nameKeys = [] } = study;
  if (!matchesStudy(study, search)) return false;
  return name === undefined || nameKeys.every((key) => !key.startsWith(name.prefix) || name.key <= key);
}

async function* inChunks<T>(source: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  for await (const element of source) {
    chunk.push(element);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
