import type { Clock, Table } from "../ports.ts";
import { completeStudy } from "./complete-study.ts";
import { listOpen } from "./open-studies.ts";

/** A scanner that pauses longer than this between two images of a study is done with it, or will open it again. */
export const quietMinutes = 10;
const parallel = 8;

/** Completes studies to which nothing was added for ten minutes. Answers how many. Throws AggregateError after trying all. */
export async function closeQuietStudies(
  deps: { readonly table: Table; readonly clock: Clock },
  region: string,
): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - quietMinutes * 60_000).toISOString();
  const quiet = (await listOpen(deps.table, region)).filter(({ lastIndexedAt }) => lastIndexedAt <= before);
  const waiting = [...quiet];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let study = waiting.shift(); study; study = waiting.shift()) {
      const { hospital, studyUid } = study;
      await completeStudy(deps, { region, hospital, studyUid }, "quiet").catch((error) =>
        failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failures.length > 0) throw new AggregateError(failures, "Some studies could not be completed");
  return quiet.length;
}
