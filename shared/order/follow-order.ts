/** The studies an order may be for, when the order is new or says something else. */
import { type HospitalKey, searchPartitions } from "../catalog/keys.ts";
import { followStudy, type MatchingDependencies } from "./follow-study.ts";
import type { OrderItem } from "./items.ts";
import { dayFrom } from "./limits.ts";
import { readStudiesOf } from "./load-order.ts";

/** Of one patient within days, or under one accession number. */
const mostStudies = 100;

/** `images`: the order before and after, since what it no longer fits may fit another now. */
export async function followOrder(deps: MatchingDependencies, images: readonly OrderItem[]): Promise<void> {
  const [first] = images;
  if (!first) return;
  const owner: HospitalKey = { region: first.region, hospital: first.hospital };
  const linked = await readStudiesOf(deps.table, first);
  const found = await Promise.all(images.map((order) => studiesFor(deps, order)));
  const studyUids = new Set([...linked.map(({ studyUid }) => studyUid), ...found.flat()]);
  // One after the other: two of them may want the same order.
  for (const studyUid of studyUids) await followStudy(deps, { ...owner, studyUid });
}

async function studiesFor(
  { table, windowDays }: MatchingDependencies,
  { region, hospital, content, day }: OrderItem,
): Promise<readonly string[]> {
  const owner = { region, hospital };
  const { accession, patient } = content;
  const places = [
    ...(accession === undefined ? [] : [{ pk: searchPartitions.accession(owner, accession) }]),
    ...within(searchPartitions.patientId(owner, patient.id), day, windowDays),
  ];
  const pages = await Promise.all(
    places.map((place) => table.query({ ...place, limit: mostStudies, consistent: true })),
  );
  return pages.flatMap(({ items }) => items.map(({ studyUid }) => studyUid as string));
}

/** Sort keys begin with the study's date. */
function within(pk: string, day: string, windowDays: number) {
  const first = dayFrom(day, -windowDays);
  const last = dayFrom(day, windowDays);
  return first && last ? [{ pk, between: [first, `${last}~`] as const }] : [];
}
