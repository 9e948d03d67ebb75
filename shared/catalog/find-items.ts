/**
 * Search items of a study: each points at it from one partition, so that a search costs the same in a small archive and in
 * a large one. All are made from the study item as stored, so every worker writes the same ones.
 */
import type { Item } from "../ports.ts";
import type { DicomJson, StudyItem } from "./items.ts";
import { type HospitalKey, searchPartitions } from "./keys.ts";

/** LO and SH hold at most 64 characters (PS3.5 §6.2); what is far longer is damage, and no partition key could hold it. */
const longestValue = 256;
const tags = { studyDate: "00080020", studyTime: "00080030", accession: "00080050" };
/** For studies without a date; sorts before every date. */
const undated = "00000000";

export function studyFindItems(study: StudyItem): readonly Item[] {
  const hospital = { region: study.region, hospital: study.hospital };
  const date = dateOf(study);
  const month = date.slice(0, 6);
  const newestLast = sortKeyOf(study);
  const accession = text(study.attributes, tags.accession);
  return [
    pointer(study, searchPartitions.month(hospital, month), newestLast),
    { pk: searchPartitions.months(hospital), sk: month, type: "find", ...hospital },
    ...indexed(study.patientId).map((id) =>
      pointer(study, searchPartitions.patientId(hospital, id), newestLast),
    ),
    ...indexed(accession).map((number) =>
      pointer(study, searchPartitions.accession(hospital, number), newestLast),
    ),
    ...nameItems(study, hospital, date),
  ];
}

/** All of them, given the modalities of the study's series. The month's own, without a `studyUid`, is of other studies too. */
export const allFindItems = (study: StudyItem, modalities: readonly string[]): readonly Item[] => [
  ...studyFindItems(study),
  ...[...new Set(modalities)].map((modality) => modalityFindItem(study, modality)),
];

/** Written with the first series of a modality. */
export function modalityFindItem(study: StudyItem, modality: string): Item {
  const hospital = { region: study.region, hospital: study.hospital };
  const pk = searchPartitions.modalityMonth(hospital, modality, dateOf(study).slice(0, 6));
  return pointer(study, pk, sortKeyOf(study));
}

/** From the keys as stored: another release's dictionary may know other readings. */
function nameItems(study: StudyItem, hospital: HospitalKey, date: string): readonly Item[] {
  return (study.nameKeys ?? []).map((key) => {
    const pk = searchPartitions.name(hospital, [...key][0] as string);
    return pointer(study, pk, `${key}#${date}#${study.studyUid}`);
  });
}

function pointer({ region, hospital, studyUid }: StudyItem, pk: string, sk: string): Item {
  return { pk, sk, type: "find", region, hospital, studyUid };
}

const indexed = (value: string | undefined): readonly string[] =>
  value === undefined || value === "" || value.length > longestValue ? [] : [value];

/** YYYYMMDD; damaged dates count as none. */
const dateOf = ({ studyDate }: StudyItem): string =>
  studyDate !== undefined && /^\d{8}$/.test(studyDate) ? studyDate : undated;

function sortKeyOf(study: StudyItem): string {
  const time = text(study.attributes, tags.studyTime);
  return `${dateOf(study)}${time !== undefined && /^\d{2,6}(\.\d{1,6})?$/.test(time) ? time : ""}#${study.studyUid}`;
}

function text(attributes: DicomJson, tag: string): string | undefined {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === "string" ? value.trim() : undefined;
}
