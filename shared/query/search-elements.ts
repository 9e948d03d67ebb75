/** QIDO-RS search for series and instances (PS3.18 §10.6), of one study or of every study a principal may reach. */
import type { Grant } from "../access/grant.ts";
import { holdsInstances } from "../catalog/holds-instances.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import { beginning, decodeCursor, encodeCursor, type Position, searchName } from "./cursor.ts";
import { FillingPage } from "./filling-page.ts";
import { matchesStudy } from "./match-attributes.ts";
import { searchLimits } from "./search-limits.ts";
import { type Examined, examineStudies } from "./search-studies.ts";
import { elementsOf, type Found, type Within } from "./study-elements.ts";

export interface ElementSearch extends Within {
  /** Only this study; else every study in reach. */
  readonly study?: StudyKey | undefined;
  /** Bytes an element takes in the answer. */
  readonly weigh: (found: Found) => number;
}

export interface ElementPage {
  readonly found: readonly Found[];
  /** Present when more may match. */
  readonly next?: string;
  /** The page ended because of what a request may examine, not because it was full. */
  readonly capped: boolean;
}

/**
 * A page ends at `search.limit` elements, before it would outgrow what an answer may hold, or after `searchLimits` of studies
 * and elements looked at. Throws Problem("not-found") where `study` is not there.
 */
export async function searchElements(grant: Grant, asked: ElementSearch): Promise<ElementPage> {
  const { search, level, seriesUid, study } = asked;
  const place = study ? [level, study, seriesUid] : [level, grant.reach.hospitals, grant.reach.grantees];
  const name = searchName(search, place);
  const start = search.cursor === undefined ? undefined : decodeCursor(search.cursor, name);
  const page = new FillingPage<Found>(search);
  const cost = { studies: 0, elements: 0 };
  let position = start ?? beginning;
  for await (const examined of studiesOf(grant, asked, start)) {
    const stopped = await lookInside(grant, asked, { examined, start, page, cost });
    if (stopped)
      return {
        found: page.results,
        next: encodeCursor({ ...position, ...stopped.within }, name),
        capped: stopped.capped,
      };
    position = examined.position;
    if (++cost.studies >= searchLimits.studiesExamined)
      return { found: page.results, next: encodeCursor(position, name), capped: true };
  }
  return { found: page.results, capped: false };
}

interface Looking {
  readonly examined: Examined;
  readonly start: Position | undefined;
  readonly page: FillingPage<Found>;
  readonly cost: { elements: number };
}
interface Stopped {
  /** Where in the study; absent before its first element. */
  readonly within?: Pick<Position, "within">;
  readonly capped: boolean;
}

async function lookInside(
  grant: Grant,
  { weigh, ...within }: ElementSearch,
  { examined: { study }, start, page, cost }: Looking,
): Promise<Stopped | undefined> {
  if (study === undefined) return undefined;
  const { studyUid } = study;
  let last = start?.within?.studyUid === studyUid ? start.within.after : undefined;
  const stop = (capped: boolean): Stopped => ({
    capped,
    ...(last !== undefined && { within: { within: { studyUid, after: last } } }),
  });
  for await (const { found, wanted } of elementsOf(grant.table, study, within, last)) {
    if (wanted && !page.take(found, weigh)) return stop(false);
    last = found.element.sk;
    if (++cost.elements >= searchLimits.elementsExamined) return stop(true);
  }
  return undefined;
}

async function* studiesOf(
  grant: Grant,
  { study, search }: ElementSearch,
  start: Position | undefined,
): AsyncGenerator<Examined> {
  if (study === undefined) {
    yield* examineStudies(grant, search, start);
    return;
  }
  const item = (await grant.table.get(keys.study(study))) as StudyItem | undefined;
  if (item === undefined || !(await holdsInstances(grant.table, item)))
    throw new Problem("not-found", "There is no such study in this scope.");
  yield { study: matchesStudy(item, search) ? item : undefined, position: beginning };
}

/** Studies on a page, each once. */
export const studiesFound = (found: readonly Found[]): readonly StudyKey[] => [
  ...new Map(found.map(({ study }) => [study.pk, study])).values(),
];
