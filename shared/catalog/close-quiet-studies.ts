import type { Clock, Table } from "../ports.ts";
import { completeStudy } from "./complete-study.ts";
import { type OpenStudyItem, openStretches, readStretch, type Stretch } from "./open-studies.ts";

/** A scanner that pauses longer than this between two images of a study is done with it, or will open it again. */
export const quietMinutes = 10;
const parallel = 8;
/** Studies kept in memory at a time. */
const pageSize = 100;
/** Milliseconds after which no further study is begun: a rebuild opens all studies of a region. */
const longestRun = 3 * 60_000;
/** Failures that are told; the others are as many as there are studies, and most of them alike. */
const toldFailures = 20;

interface Work {
  readonly deps: { readonly table: Table; readonly clock: Clock };
  /** Nothing was added since. */
  readonly before: string;
  /** `performance.now()` */
  readonly until: number;
  completed: number;
  failed: number;
  readonly failures: unknown[];
}

/**
 * Completes studies to which nothing was added for ten minutes: a page of each hospital in turn, so that none waits for the
 * thousands of another. What time does not suffice for is still open at the next run. Throws AggregateError after trying all.
 */
export async function closeQuietStudies(
  deps: Work["deps"],
  region: string,
): Promise<{ readonly completed: number; readonly left: boolean }> {
  const now = deps.clock.now().getTime();
  const work: Work = {
    ...{ deps, before: new Date(now - quietMinutes * 60_000).toISOString() },
    ...{ until: performance.now() + longestRun, completed: 0, failed: 0, failures: [] },
  };
  const waiting = beginningSomewhere(openStretches(region), Math.floor(now / 60_000));
  while (waiting.length > 0 && performance.now() < work.until) {
    const { studies, rest } = await readStretch(deps.table, waiting.shift() as Stretch, pageSize);
    waiting.push(...rest);
    await completePage(work, studies);
  }
  if (work.failed > 0)
    throw new AggregateError(work.failures, `${work.failed} studies could not be completed`);
  return { completed: work.completed, left: performance.now() >= work.until };
}

/** With another shard each time, so that one whose studies take all the time takes it from the others only now and then. */
function beginningSomewhere(stretches: readonly Stretch[], at: number): Stretch[] {
  const first = at % stretches.length;
  return [...stretches.slice(first), ...stretches.slice(0, first)];
}

async function completePage(work: Work, studies: readonly OpenStudyItem[]): Promise<void> {
  const quiet = studies.filter(({ lastIndexedAt }) => lastIndexedAt <= work.before);
  const worker = async (): Promise<void> => {
    while (performance.now() < work.until) {
      const study = quiet.shift();
      if (study === undefined) return;
      await complete(work, study);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

async function complete(work: Work, { region, hospital, studyUid }: OpenStudyItem): Promise<void> {
  try {
    await completeStudy(work.deps, { region, hospital, studyUid }, "quiet");
    work.completed++;
  } catch (error) {
    work.failed++;
    if (work.failures.length < toldFailures) work.failures.push(error);
  }
}
