/** One study as a person asks after it: what has arrived, what is missing, what is in it. */
import type { Grant } from "../access/grant.ts";
import { readFindings } from "../catalog/findings.ts";
import type { SeriesItem, StudyItem } from "../catalog/items.ts";
import { keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { readStudyProgress } from "../catalog/read-study.ts";
import type { StudyView } from "../contract/schemas/query.ts";
import { Problem } from "../errors.ts";
import { presentQuality } from "../quality/score.ts";
import { presentFinding } from "./present-finding.ts";

/** Counts of the study are exact at this moment, those of its series as last rolled up. Throws Problem("not-found"). */
export async function readStudyView({ table }: Grant, key: StudyKey): Promise<StudyView> {
  const [study, progress, series, findings] = await Promise.all([
    table.get(keys.study(key)) as Promise<StudyItem | undefined>,
    readStudyProgress(table, key),
    queryAll(table, { pk: studyPartition(key), prefix: prefixes.series }),
    readFindings(table, key),
  ]);
  // Without instances there is no study: its item may be what a worker that died left behind.
  if (study === undefined || progress === undefined || progress.instances === 0)
    throw new Problem("not-found", "There is no such study.");
  const { region, hospital, studyUid, attributes, modalities = [] } = study;
  const { instances, expected, complete, conflicts, resolvedConflicts } = progress;
  return {
    region,
    hospital,
    studyUid,
    attributes,
    modalities: [...modalities],
    instances,
    ...(expected === undefined ? {} : { expected }),
    complete,
    ...(study.characterSet ? { characterSet: study.characterSet.choice } : {}),
    conflicts: conflicts.length,
    ...(study.quality ? { quality: presentQuality(study.quality) } : {}),
    findings: findings.map(presentFinding),
    ...orderOf(study),
    resolvedConflicts,
    series: (series as readonly SeriesItem[]).map(viewOf),
  };
}

function orderOf({ orderId, orderBy = "hand", orderAt = "", correctedIdentity }: StudyItem) {
  if (orderId === undefined) return {};
  const identity = correctedIdentity ? { identity: "order" as const } : {};
  return { order: { orderId, by: orderBy, at: orderAt, ...identity } };
}

function viewOf({ seriesUid, modality, attributes, instances = 0 }: SeriesItem): StudyView["series"][number] {
  return { seriesUid, ...(modality === undefined ? {} : { modality }), attributes, instances };
}
