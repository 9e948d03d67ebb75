/** Counters and roll-ups of a study, computed again from its instance items. */
import type { CounterItem } from "../catalog/counters.ts";
import { expectedCounters, type Sum } from "../catalog/expected-counters.ts";
import type { StudyKey } from "../catalog/keys.ts";
import { readStudyContents, type StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** A study that grows while it is read looks wrong once, not three times. */
const readings = 3;

export async function auditCounts(audit: LedgerAudit, key: StudyKey, found: StudyContents): Promise<void> {
  let contents = found;
  let wrong = wrongCounters(contents);
  for (let reading = 1; wrong.length > 0 && reading < readings; reading++) {
    contents = await readStudyContents(audit.table, key);
    wrong = wrongCounters(contents);
  }
  const detail = (sk: string) => `${sk} is not the sum of its instances`;
  audit.tally.examine("counted", wrong.length === 0, { ...key, detail: detail(wrong[0] ?? "") });
  auditRollUps(audit, key, contents);
}

/** Sort keys of the counters that are missing, too many or wrong. */
function wrongCounters({ counters, instances }: StudyContents): readonly string[] {
  const expected = expectedCounters(instances);
  const actual = new Map(counters.map((counter) => [counter.sk, counter]));
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((sk) => !same(expected.get(sk), actual.get(sk))).sort();
}

const none: Sum = { instances: 0, bytes: 0 };
const same = (a: Sum = none, b: Pick<CounterItem, "instances" | "bytes"> = none): boolean =>
  a.instances === b.instances && a.bytes === b.bytes;

/** They follow from the stream, so a study that has just grown may be a little behind. */
function auditRollUps(
  { tally }: LedgerAudit,
  key: StudyKey,
  { study, series, instances }: StudyContents,
): void {
  if (instances.length === 0) return;
  const newest = instances
    .map(({ indexedAt }) => indexedAt)
    .sort()
    .at(-1);
  const bySeries = Map.groupBy(instances, ({ seriesUid }) => seriesUid);
  const modalities = new Set(
    series.flatMap(({ seriesUid, modality }) => (bySeries.has(seriesUid) ? (modality ?? []) : [])),
  );
  const holds =
    study?.instances === instances.length &&
    study.seriesCount === bySeries.size &&
    [...modalities].sort().join() === [...(study.modalities ?? [])].sort().join();
  tally.await("rolled-up", holds, newest, {
    ...key,
    detail: study ? `says ${study.instances ?? 0} instances, holds ${instances.length}` : "no study item",
  });
  for (const [seriesUid, held] of bySeries) {
    const item = series.find((one) => one.seriesUid === seriesUid);
    tally.await("rolled-up", item?.instances === held.length, newest, {
      ...{ ...key, seriesUid },
      detail: item ? `says ${item.instances ?? 0} instances, holds ${held.length}` : "no series item",
    });
  }
}
