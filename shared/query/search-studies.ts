/** QIDO-RS search for studies (PS3.18 §10.6) over the studies a principal may reach, newest first within each hospital. */
import type { Grant } from "../access/grant.ts";
import type { DicomJson, StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { nameKeys, type PersonName } from "../catalog/names.ts";
import { type Candidate, candidates } from "./candidates.ts";
import { decodeCursor, encodeCursor, type Position } from "./cursor.ts";
import { matchesAll } from "./match-attributes.ts";
import type { Search } from "./parse-search.ts";
import { searchLimits } from "./search-limits.ts";

export interface StudyPage {
  readonly studies: readonly StudyItem[];
  /** Present when more may match. */
  readonly next?: string;
  /** The page ended because of what a request may examine, not because it was full. */
  readonly capped: boolean;
}

/** At most `search.limit` studies. Examines at most `searchLimits.studiesExamined`, then answers what it has and a cursor. */
export async function searchStudies(grant: Grant, search: Search): Promise<StudyPage> {
  const start = search.cursor === undefined ? undefined : decodeCursor(search.cursor);
  const studies: StudyItem[] = [];
  const chunkSize = Math.min(search.limit + search.offset + 1, 100);
  let skip = start === undefined ? search.offset : 0;
  let examined = 0;
  let last: Position | undefined;

  for await (const chunk of inChunks(candidates(grant, search, start), chunkSize)) {
    for (const { study, candidate } of await readChunk(grant, chunk)) {
      if (study !== undefined && belongs(study, candidate, search)) {
        if (studies.length === search.limit)
          return { studies, next: encodeCursor(last as Position), capped: false };
        if (skip > 0) skip--;
        else studies.push(study);
      }
      last = candidate.position;
      examined++;
    }
    if (examined >= searchLimits.studiesExamined)
      return { studies, next: encodeCursor(last as Position), capped: true };
  }
  return { studies, capped: false };
}

async function readChunk(grant: Grant, chunk: readonly Candidate[]) {
  const items = await grant.table.batchGet(chunk.map(({ key }) => keys.study(key)));
  const byPartition = new Map(items.map((item) => [item.pk, item as StudyItem]));
  return chunk.map((candidate) => ({ candidate, study: byPartition.get(keys.study(candidate.key).pk) }));
}

/** A name prefix may find one study under several keys; only the first of them counts, on whatever page it falls. */
function belongs(study: StudyItem, { name }: Candidate, { match, fuzzy }: Search): boolean {
  if (!matchesAll(searchable(study), match, fuzzy)) return false;
  if (name === undefined) return true;
  const stored = (study.attributes["00100010"]?.Value?.[0] ?? {}) as PersonName;
  const reached = nameKeys(stored).filter((key) => key.startsWith(name.prefix));
  return reached.every((key) => name.key <= key);
}

function searchable(study: StudyItem): DicomJson {
  return { ...study.attributes, "00080061": { vr: "CS", Value: study.modalities ?? [] } };
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
