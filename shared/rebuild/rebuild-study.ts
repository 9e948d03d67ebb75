/** Makes part of a study's catalog again from its originals. Every step may be repeated, also while new images arrive. */
import type { StudyItem } from "../catalog/items.ts";
import type { InstanceKey, StudyKey } from "../catalog/keys.ts";
import { rollUpStudy } from "../catalog/roll-up-study.ts";
import { type KeptChoice, readKeptChoice } from "../characters/keep-choice.ts";
import type { Clock, KeyService, ObjectStore, Table } from "../ports.ts";
import { currentOriginal } from "./current-original.ts";
import { type ReadOriginal, readOriginal } from "./read-original.ts";
import type { RebuildInstance, RebuildOriginals } from "./rebuild-message.ts";
import { repairStudy } from "./repair-study.ts";
import { type Restored, restoreInstance } from "./restore-instance.ts";
import { restoreReports } from "./restore-reports.ts";

/** It serves every hospital, so its stores are not narrowed. */
export interface RebuildDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly keys: KeyService;
  readonly clock: Clock;
  /** Names this run in audit records. */
  readonly requestId: string;
}

/** How many of each; `unreadable`: gone, not readable, or not what the key says. */
export type Outcomes = Readonly<Record<Restored | "superseded" | "unreadable" | "reports", number>>;

export async function rebuildStudy(deps: RebuildDependencies, message: RebuildOriginals): Promise<Outcomes> {
  const outcomes = { restored: 0, there: 0, contested: 0, superseded: 0, unreadable: 0, reports: 0 };
  if (message.repair) await repairStudy(deps.table, message);
  const kept = await readKeptChoice(deps.objects, studyOf(message));
  const first = await read(deps, message, message.firstOfStudy, kept);
  const firstOfSeries = await read(deps, message, message.firstOfSeries, kept);
  for (const instance of message.instances) {
    const original = await read(deps, message, instance, kept);
    if (typeof original === "string") {
      outcomes[original]++;
      continue;
    }
    const study = studyFrom(typeof first === "string" ? original : first, original, kept);
    const { series } = (typeof firstOfSeries === "string" ? original : firstOfSeries).items;
    outcomes[await restoreInstance(deps, keyOf(message, instance), original, { study, series })]++;
  }
  // Where only the study's own item was lost, no instance is new, and nothing else would count them.
  if (!message.repair) return outcomes;
  await rollUpStudy(deps.table, studyOf(message));
  const { restored, unreadable } = await restoreReports(deps, studyOf(message));
  return { ...outcomes, reports: restored, unreadable: outcomes.unreadable + unreadable };
}

const studyOf = ({ region, hospital, studyUid }: StudyKey): StudyKey => ({ region, hospital, studyUid });

async function read(
  { objects }: RebuildDependencies,
  study: StudyKey,
  instance: RebuildInstance,
  kept: KeptChoice,
): Promise<ReadOriginal | "superseded" | "unreadable"> {
  const key = keyOf(study, instance);
  const { original, superseded } = await currentOriginal(objects, key, instance);
  if (!original) return "superseded";
  return (await readOriginal(objects, key, original, { ...kept, superseded })) ?? "unreadable";
}

/** A hold is all or nothing. Why and by whom it was set is in the audit; here it says that S3 still keeps it. */
function studyFrom(
  first: ReadOriginal,
  original: ReadOriginal,
  { choice, by = "", at: chosenAt = "", textRevision }: KeptChoice,
): StudyItem {
  const held = { reason: "held in the archive; see the audit", by: "machine:rebuild" };
  const at = first.head.lastModified.toISOString();
  return {
    ...first.items.study,
    retainUntil: original.retainUntil.toISOString(),
    ...(textRevision > 0 && { characterSet: { choice, by, at: chosenAt }, textRevision }),
    ...(first.head.legalHold && { legalHold: { ...held, at } }),
  };
}

function keyOf(
  { region, hospital, studyUid }: StudyKey,
  { seriesUid, sopUid }: RebuildInstance,
): InstanceKey {
  return { region, hospital, studyUid, seriesUid, sopUid };
}
