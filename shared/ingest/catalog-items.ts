import type {
  DicomJson,
  HospitalItem,
  InstanceItem,
  InstanceSource,
  SeriesItem,
  StudyItem,
  UploadFileItem,
  UploadItem,
} from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { nameKeys, type PersonName } from "../catalog/names.ts";
import { geometryOf } from "../dicom/geometry.ts";
import type { Dataset, Element } from "../dicom/json-model.ts";
import type { Header } from "../dicom/read.ts";
import { describe, instanceAttributes, seriesAttributes, studyAttributes } from "../dicom/summary.ts";
import { instanceSource } from "./landed-file.ts";

/** An item holds 400 KB at most; real attributes take one or two. What a hostile file adds beyond this is left out. */
const attributeBytes = 64 * 1024;

/** As much of a landed file as its items are made of. */
export interface Described {
  readonly upload: Pick<UploadItem, "priority">;
  readonly file: Pick<UploadFileItem, "sha256" | "size" | "uploadId" | "fileId">;
  readonly hospital: Pick<HospitalItem, "keyArn">;
  readonly source?: InstanceSource;
}

export interface CatalogItems {
  readonly study: StudyItem;
  readonly series: SeriesItem;
  readonly instance: InstanceItem;
}

/** What the catalog will hold about an instance. Study and series are only written when there are none yet. */
export function catalogItems(
  { upload, file, source, hospital: { keyArn } }: Described,
  { dataset, transferSyntaxUid, sopClassUid }: Header,
  key: InstanceKey,
  when: { readonly now: Date; readonly retainUntil: Date; readonly archiveVersionId?: string },
): CatalogItems {
  const { region, hospital, studyUid, seriesUid } = key;
  const at = when.now.toISOString();
  const { patientId, studyDate, modality, instanceNumber } = describe(dataset);
  const ofStudy = bounded(studyAttributes(dataset));
  const geometry = geometryOf(dataset);
  const name = ofStudy["00100010"]?.Value?.[0] as PersonName | undefined;
  return {
    study: {
      ...keys.study(key),
      type: "study",
      ...{ region, hospital, studyUid },
      attributes: ofStudy,
      ...(patientId !== undefined && { patientId }),
      ...(studyDate !== undefined && { studyDate }),
      ...(name !== undefined && { nameKeys: nameKeys(name) }),
      keyArn,
      createdAt: at,
      retainUntil: when.retainUntil.toISOString(),
    },
    series: {
      ...keys.series(key),
      type: "series",
      ...{ region, hospital, studyUid, seriesUid },
      attributes: bounded(seriesAttributes(dataset)),
      ...(modality !== undefined && { modality: modality.slice(0, 16) }),
      createdAt: at,
    },
    instance: {
      ...keys.instance(key),
      type: "instance",
      ...key,
      attributes: bounded(instanceAttributes(dataset)),
      sha256: file.sha256,
      size: file.size,
      transferSyntaxUid,
      sopClassUid,
      ...(instanceNumber !== undefined && { instanceNumber }),
      ...(geometry && { geometry }),
      keyArn,
      ...(when.archiveVersionId !== undefined && { archiveVersionId: when.archiveVersionId }),
      uploadId: file.uploadId,
      fileId: file.fileId,
      priority: upload.priority,
      ...(source && { source: instanceSource(source) }),
      indexedAt: at,
    },
  };
}

function bounded(attributes: Dataset): DicomJson {
  let left = attributeBytes;
  const kept: Record<string, Element> = {};
  for (const [tag, element] of Object.entries(attributes)) {
    left -= Buffer.byteLength(JSON.stringify(element));
    if (left < 0) break;
    kept[tag] = element;
  }
  return kept;
}
