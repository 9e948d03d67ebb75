import type {
  DicomJson,
  HospitalItem,
  InstanceItem,
  InstanceSource,
  SeriesItem,
  StudyItem,
  StudyText,
  UploadFileItem,
  UploadItem,
} from "../catalog/items.ts";
import { type InstanceKey, keys } from "../catalog/keys.ts";
import { nameKeys, type PersonName } from "../catalog/names.ts";
import { geometryOf } from "../dicom/geometry.ts";
import type { Dataset, Element } from "../dicom/json-model.ts";
import type { Header } from "../dicom/read.ts";
import { describe, instanceAttributes, seriesAttributes, studyAttributes } from "../dicom/summary.ts";
import { checkHeader } from "../quality/check-header.ts";
import { instanceSource } from "./landed-file.ts";

/** An item holds 400 KB at most; real attributes take one or two. What a hostile file adds beyond this is left out. */
const attributeBytes = 64 * 1024;
/** Of Specific Character Set: real files have up to three. */
const mostTerms = 8;

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
  header: Header,
  key: InstanceKey,
  when: {
    readonly now: Date;
    readonly retainUntil: Date;
    readonly archiveVersionId?: string;
    /** The study's revision whose character set the header was read in. */
    readonly textRevision?: number;
    readonly correctedFrom?: NonNullable<InstanceItem["correctedFrom"]>;
  },
): CatalogItems {
  const { region, hospital, studyUid, seriesUid, sopUid } = key;
  const at = when.now.toISOString();
  return {
    study: {
      ...keys.study(key),
      type: "study",
      ...{ region, hospital, studyUid },
      ...describedStudy(header),
      describedBy: { seriesUid, sopUid },
      keyArn,
      createdAt: at,
      retainUntil: when.retainUntil.toISOString(),
    },
    series: {
      ...keys.series(key),
      type: "series",
      ...{ region, hospital, studyUid, seriesUid },
      ...describedSeries(header),
      describedBy: sopUid,
      createdAt: at,
    },
    instance: {
      ...keys.instance(key),
      type: "instance",
      ...key,
      ...describedInstance(header),
      ...(when.textRevision && { textRevision: when.textRevision }),
      sha256: file.sha256,
      size: file.size,
      keyArn,
      ...(when.archiveVersionId !== undefined && { archiveVersionId: when.archiveVersionId }),
      ...(when.correctedFrom && { correctedFrom: when.correctedFrom }),
      uploadId: file.uploadId,
      fileId: file.fileId,
      priority: upload.priority,
      ...(source && { source: instanceSource(source) }),
      indexedAt: at,
    },
  };
}

/** What a header says of its study, series and instance: all of an item that may change with the character set. */
export function describedStudy({ dataset }: Header): StudyText {
  const { patientId, studyDate } = describe(dataset);
  const attributes = bounded(studyAttributes(dataset));
  const name = attributes["00100010"]?.Value?.[0] as PersonName | undefined;
  return {
    attributes,
    ...(patientId !== undefined && { patientId }),
    ...(studyDate !== undefined && { studyDate }),
    ...(name !== undefined && { nameKeys: nameKeys(name) }),
  };
}

export function describedSeries({ dataset }: Header): Pick<SeriesItem, "attributes" | "modality"> {
  const { modality } = describe(dataset);
  const attributes = bounded(seriesAttributes(dataset));
  return { attributes, ...(modality !== undefined && { modality: modality.slice(0, 16) }) };
}

export function describedInstance(header: Header) {
  const { dataset, transferSyntaxUid, sopClassUid, characterSet } = header;
  const { instanceNumber } = describe(dataset);
  const geometry = geometryOf(dataset);
  const { declared, used, corrected } = characterSet;
  return {
    attributes: bounded(instanceAttributes(dataset)),
    transferSyntaxUid,
    sopClassUid,
    ...(instanceNumber !== undefined && { instanceNumber }),
    ...(geometry && { geometry }),
    ...checkHeader(header),
    characterSet: {
      declared: declared.slice(0, mostTerms),
      used: used.slice(0, mostTerms),
      corrected: corrected !== undefined,
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
