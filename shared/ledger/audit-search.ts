import { modalityFindItem, studyFindItems } from "../catalog/find-items.ts";
import type { StudyContents } from "./study-contents.ts";
import type { LedgerAudit } from "./walk.ts";

/** Everything a search finds the study by must point at it. */
export async function auditSearch(
  { table, tally }: LedgerAudit,
  { study, series, instances }: StudyContents,
): Promise<void> {
  if (!study) return;
  const held = new Set(instances.map(({ seriesUid }) => seriesUid));
  const modalities = new Set(
    series.flatMap(({ seriesUid, modality }) => (held.has(seriesUid) ? (modality ?? []) : [])),
  );
  const wanted = [
    ...studyFindItems(study),
    ...[...modalities].map((modality) => modalityFindItem(study, modality)),
  ];
  const found = await table.batchGet(wanted.map(({ pk, sk }) => ({ pk, sk })));
  const there = new Set(found.map(({ pk, sk }) => `${pk}\n${sk}`));
  const missing = wanted.filter(({ pk, sk }) => !there.has(`${pk}\n${sk}`));
  const { region, hospital, studyUid } = study;
  // What is missing is named by its kind: the rest of the key is a patient's name or number.
  const kinds = [...new Set(missing.map(({ pk }) => pk.split("#")[3] ?? ""))].join(", ");
  tally.await("searchable", missing.length === 0, study.createdAt, {
    ...{ region, hospital, studyUid },
    detail: `${missing.length} search items are missing: ${kinds}`,
  });
}
