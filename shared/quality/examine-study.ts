/** What is wrong with a study as it has arrived: asked when it is found complete, and when its upload is over without that. */
import { type Found, replaceFindings } from "../catalog/findings.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys, type StudyKey } from "../catalog/keys.ts";
import { readStudyProgress, type StudyProgress } from "../catalog/read-study.ts";
import { ConditionFailed } from "../errors.ts";
import type { Clock, Table } from "../ports.ts";
import { characterFindings } from "./character-findings.ts";
import { headerFindings } from "./header-findings.ts";
import { type Examined, mostExamined, readInstances } from "./read-instances.ts";
import { qualityOf } from "./score.ts";
import { sliceFindings } from "./slice-findings.ts";

export interface ExamineDependencies {
  readonly table: Table;
  readonly clock: Clock;
}

/**
 * Looks at what is there now, whatever asked for it, so that doing it again changes nothing. What arrives meanwhile opens
 * the study, and its next completion asks again.
 */
export async function examineStudy({ table, clock }: ExamineDependencies, key: StudyKey): Promise<void> {
  const progress = await readStudyProgress(table, key);
  if (!progress) return;
  const instances = await readInstances(table, key);
  const study = (await table.get(keys.study(key), { consistent: true })) as StudyItem | undefined;
  const door = [...notArrived(progress), ...(instances ? instanceFindings(instances) : tooMany)];
  const characters = characterFindings(study, instances ?? []);
  await replaceFindings(table, key, "door", door, clock.now());
  await replaceFindings(table, key, "characters", characters, clock.now());
  const quality = qualityOf([...door, ...characters]);
  await updateStudy(table, key, { examinedInstances: progress.instances, quality });
}

function notArrived({ instances, expected }: StudyProgress): readonly Found[] {
  if (expected === undefined || instances >= expected) return [];
  return [{ code: "images-not-arrived", values: { arrived: instances, announced: expected } }];
}

const tooMany: readonly Found[] = [{ code: "too-many-to-examine", values: { most: mostExamined } }];

function instanceFindings(instances: readonly Examined[]): readonly Found[] {
  const series = Map.groupBy(instances, ({ seriesUid }) => seriesUid);
  const ofSeries = [...series].flatMap(([seriesUid, images]) => sliceFindings(seriesUid, images));
  return [...ofSeries, ...headerFindings(instances)];
}

/** Asks for an examination through the table's stream, where those of one study take turns. */
export async function askExamination({ table, clock }: ExamineDependencies, key: StudyKey): Promise<void> {
  await updateStudy(table, key, { examineAskedAt: clock.now().toISOString() });
}

async function updateStudy(
  table: Table,
  key: StudyKey,
  set: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    const when = [[{ attribute: "pk", is: "present" }]] as const;
    await table.write([{ op: "update", key: keys.study(key), set, when }]);
  } catch (error) {
    // No study is made by examining it.
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
