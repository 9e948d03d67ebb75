/** A catalog with studies in it, written through the same functions ingest uses. */
import { ensureStudy } from "../../shared/catalog/ensure-study.ts";
import { modalityFindItem, studyFindItems } from "../../shared/catalog/find-items.ts";
import type { DicomJson, SeriesItem, StudyItem } from "../../shared/catalog/items.ts";
import { keys } from "../../shared/catalog/keys.ts";
import { nameKeys } from "../../shared/catalog/names.ts";
import { parsePersonName } from "../../shared/dicom/person-name.ts";
import type { Table } from "../../shared/ports.ts";
import type { MemoryTable } from "./memory/table.ts";
import { testRegion } from "./principals.ts";

export interface TestStudy {
  readonly studyUid: string;
  readonly hospital?: string;
  readonly name?: string;
  readonly patientId?: string;
  readonly accession?: string;
  readonly date?: string;
  readonly modality?: string;
  readonly description?: string;
}

/** Stores a study with one series, rolled up, and every search item. */
export async function storeStudy(table: Table, given: TestStudy): Promise<StudyItem> {
  const { study, series } = itemsOf(given);
  await ensureStudy(table, study, series);
  return study;
}

/** The same for very many at once, without looking first whether they are there. */
export function storeManyStudies(table: MemoryTable, studies: readonly TestStudy[]): void {
  for (const given of studies) {
    const { study, series } = itemsOf(given);
    table.fill([study, series, ...studyFindItems(study)]);
    table.fill([modalityFindItem(study, series.modality as string)]);
  }
}

function itemsOf(given: TestStudy): { readonly study: StudyItem; readonly series: SeriesItem } {
  const { studyUid, modality = "CT", patientId, date, name } = given;
  const key = { region: testRegion, hospital: given.hospital ?? "qinghe-county", studyUid };
  const seriesKey = { ...key, seriesUid: `${studyUid}.1` };
  const createdAt = "2026-01-01T00:00:00.000Z";
  const study: StudyItem = {
    ...keys.study(key),
    ...key,
    type: "study",
    attributes: attributesOf(given),
    ...(patientId === undefined ? {} : { patientId }),
    ...(date === undefined ? {} : { studyDate: date }),
    ...(name === undefined ? {} : { nameKeys: keysOf(name) }),
    keyArn: "key",
    createdAt,
    retainUntil: "2041-01-01T00:00:00.000Z",
    modalities: [modality],
    instances: 1,
    seriesCount: 1,
  };
  const series: SeriesItem = {
    ...keys.series(seriesKey),
    ...seriesKey,
    type: "series",
    attributes: { "00080060": { vr: "CS", Value: [modality] } },
    modality,
    instances: 1,
    createdAt,
  };
  return { study, series };
}

const keysByName = new Map<string, readonly string[]>();

/** Large archives repeat their few names. */
function keysOf(name: string): readonly string[] {
  const keys = keysByName.get(name) ?? nameKeys(parsePersonName(name) ?? {});
  keysByName.set(name, keys);
  return keys;
}

function attributesOf({ studyUid, name, patientId, accession, date, description }: TestStudy): DicomJson {
  const text = (vr: string, value: string | undefined) =>
    value === undefined ? { vr } : { vr, Value: [value] };
  return {
    "00080020": text("DA", date),
    "00080050": text("SH", accession),
    "00081030": text("LO", description),
    "00100010": name === undefined ? { vr: "PN" } : { vr: "PN", Value: [parsePersonName(name)] },
    "00100020": text("LO", patientId),
    "0020000D": text("UI", studyUid),
  };
}
