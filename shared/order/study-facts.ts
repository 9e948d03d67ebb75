/** What a study says that orders are compared with. */
import type { DicomJson, InstanceItem, SeriesItem, StudyItem } from "../catalog/items.ts";
import { prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { PersonName } from "../dicom/json-model.ts";
import type { Item, Table } from "../ports.ts";

export interface StudyFacts {
  readonly accession?: string;
  readonly patientId?: string;
  readonly issuer?: string;
  readonly name?: PersonName;
  /** YYYYMMDD */
  readonly birthDate?: string;
  readonly sex?: string;
  readonly studyDate?: string;
  readonly series: readonly SeriesFacts[];
}
export interface SeriesFacts {
  readonly seriesUid: string;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly laterality?: string;
}

const tags = {
  accession: "00080050",
  patientName: "00100010",
  issuer: "00100021",
  birthDate: "00100030",
  sex: "00100040",
  bodyPart: "00180015",
  laterality: "00200060",
  /** Image Laterality: of one image, as digital X-ray and mammography write it. */
  imageLaterality: "00200062",
} as const;

/** Objects about images: what they are made with is not what was ordered. */
const besideImages = new Set(["SR", "PR", "KO", "DOC", "OT", "REG", "SEG", "FID", "RTSTRUCT", "AU"]);
export const isImaging = (modality: string): boolean => !besideImages.has(modality);

export function studyFacts(study: StudyItem, series: readonly SeriesFacts[]): StudyFacts {
  const { attributes, patientId, studyDate } = study;
  return {
    series,
    ...(patientId !== undefined && { patientId }),
    ...(studyDate !== undefined && { studyDate }),
    ...optional("accession", text(attributes, tags.accession)),
    ...optional("issuer", text(attributes, tags.issuer)),
    ...optional("name", attributes[tags.patientName]?.Value?.[0] as PersonName | undefined),
    ...optional("birthDate", text(attributes, tags.birthDate)),
    ...optional("sex", text(attributes, tags.sex)),
  };
}

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: V });

/** Series of a study; where a series names no side, what its first images say. */
export async function readSeriesFacts(table: Table, study: StudyKey): Promise<readonly SeriesFacts[]> {
  const items = await queryAll(table, {
    pk: studyPartition(study),
    prefix: prefixes.series,
    consistent: true,
  });
  const series = items as readonly Item[] as readonly SeriesItem[];
  return Promise.all(series.map((one) => seriesFacts(table, one)));
}

async function seriesFacts(table: Table, series: SeriesItem): Promise<SeriesFacts> {
  const { seriesUid, modality, attributes } = series;
  const laterality = text(attributes, tags.laterality) ?? (await imageLaterality(table, series));
  return {
    seriesUid,
    ...(modality !== undefined && { modality }),
    ...optional("bodyPart", text(attributes, tags.bodyPart)),
    ...optional("laterality", laterality),
  };
}

/** Modalities whose images name their side one by one (PS3.3 §C.8.11.2, DX Anatomy Imaged). */
const sidedByImage = new Set(["DX", "MG", "CR", "IO", "PX"]);
const firstImages = 20;

/** The side all of the first images name; undefined where they differ or name none. */
async function imageLaterality(table: Table, series: SeriesItem): Promise<string | undefined> {
  if (!sidedByImage.has(series.modality ?? "")) return undefined;
  const { items } = await table.query({
    pk: studyPartition(series),
    prefix: prefixes.instances(series.seriesUid),
    limit: firstImages,
    consistent: true,
  });
  const named = items.flatMap((item) => text((item as InstanceItem).attributes, tags.imageLaterality) ?? []);
  return new Set(named).size === 1 ? named[0] : undefined;
}

/** Whether an instance says what its series may leave open. */
export const namesItsSide = ({ attributes }: Pick<InstanceItem, "attributes">): boolean =>
  text(attributes, tags.imageLaterality) !== undefined;

function text(attributes: DicomJson, tag: string): string | undefined {
  const value = attributes[tag]?.Value?.[0];
  const trimmed = typeof value === "string" ? value.trim() : "";
  return trimmed === "" ? undefined : trimmed;
}
