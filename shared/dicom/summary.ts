/** What the catalog keeps of a data set: the attributes a search answers (PS3.18 §10.6.3), by level. */
import { type Dataset, type Element, numberOf, type PersonName, textOf } from "./json-model.ts";
import { personNameOf } from "./person-name.ts";

/** PS3.18 Tables 10.6.3-3 to 10.6.3-5, less what the server itself answers, plus what viewers' lists show. */
const levels = {
  study: [
    "00080005", // Specific Character Set
    "00080020", // Study Date
    "00080030", // Study Time
    "00080050", // Accession Number
    "00080080", // Institution Name
    "00080090", // Referring Physician's Name
    "00080201", // Timezone Offset From UTC
    "00081030", // Study Description
    "00081032", // Procedure Code Sequence
    "00100010", // Patient's Name
    "00100020", // Patient ID
    "00100021", // Issuer of Patient ID
    "00100030", // Patient's Birth Date
    "00100040", // Patient's Sex
    "00101010", // Patient's Age
    "0020000D", // Study Instance UID
    "00200010", // Study ID
  ],
  series: [
    "00080021", // Series Date
    "00080031", // Series Time
    "00080060", // Modality
    "00080070", // Manufacturer
    "00080201", // Timezone Offset From UTC
    "0008103E", // Series Description
    "00081090", // Manufacturer's Model Name
    "00180015", // Body Part Examined
    "0020000E", // Series Instance UID
    "00200011", // Series Number
    "00200060", // Laterality
    "00400244", // Performed Procedure Step Start Date
    "00400245", // Performed Procedure Step Start Time
    "00400275", // Request Attributes Sequence
  ],
  instance: [
    "00080008", // Image Type
    "00080016", // SOP Class UID
    "00080018", // SOP Instance UID
    "00080201", // Timezone Offset From UTC
    "00200013", // Instance Number
    "00200062", // Image Laterality
    "00280008", // Number of Frames
    "00280010", // Rows
    "00280011", // Columns
    "00280100", // Bits Allocated
  ],
} as const;

/** Longer values are damage; the catalog's items must stay small. */
const longestText = 1024;
const mostValues = 64;

/** Study and patient attributes, as a DICOM JSON subset. Values are cut to what an item can hold. */
export const studyAttributes = (dataset: Dataset): Dataset => subset(dataset, levels.study);
export const seriesAttributes = (dataset: Dataset): Dataset => subset(dataset, levels.series);
export const instanceAttributes = (dataset: Dataset): Dataset => subset(dataset, levels.instance);

function subset(dataset: Dataset, tags: readonly string[]): Dataset {
  const kept: Record<string, Element> = {};
  for (const tag of tags) {
    const element = dataset[tag];
    if (element) kept[tag] = shortened(element);
  }
  return kept;
}

function shortened(element: Element): Element {
  const { vr, Value } = element;
  if (!Value) return { vr };
  if (vr === "SQ") return JSON.stringify(Value).length > 4 * longestText ? { vr } : element;
  return { vr, Value: Value.slice(0, mostValues).map((value) => shortenedValue(value) as typeof value) };
}

function shortenedValue(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, longestText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([group, text]) => [group, String(text).slice(0, longestText)]),
  );
}

export interface Description {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly sopClassUid: string;
  readonly patientId: string | undefined;
  readonly issuerOfPatientId: string | undefined;
  readonly patientName: PersonName | undefined;
  readonly patientSex: string | undefined;
  readonly patientBirthDate: string | undefined;
  /** YYYYMMDD of a day there is. */
  readonly studyDate: string | undefined;
  /** HHMMSS, with what was given of it. */
  readonly studyTime: string | undefined;
  readonly accession: string | undefined;
  readonly modality: string | undefined;
  readonly studyDescription: string | undefined;
  readonly seriesNumber: number | undefined;
  readonly instanceNumber: number | undefined;
  /** At least 1. */
  readonly numberOfFrames: number;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
}

/** The values that decide how an object is filed. The UIDs have been checked by `readHeader`. */
export function describe(dataset: Dataset): Description {
  const frames = numberOf(dataset, "00280008") ?? 1;
  return {
    studyUid: textOf(dataset, "0020000D") ?? "",
    seriesUid: textOf(dataset, "0020000E") ?? "",
    sopUid: textOf(dataset, "00080018") ?? "",
    sopClassUid: textOf(dataset, "00080016") ?? "",
    patientId: textOf(dataset, "00100020"),
    issuerOfPatientId: textOf(dataset, "00100021"),
    patientName: personNameOf(dataset, "00100010"),
    patientSex: textOf(dataset, "00100040"),
    patientBirthDate: validDate(textOf(dataset, "00100030")),
    studyDate: validDate(textOf(dataset, "00080020")),
    studyTime: validTime(textOf(dataset, "00080030")),
    accession: textOf(dataset, "00080050"),
    modality: textOf(dataset, "00080060"),
    studyDescription: textOf(dataset, "00081030"),
    seriesNumber: numberOf(dataset, "00200011"),
    instanceNumber: numberOf(dataset, "00200013"),
    numberOfFrames: Number.isSafeInteger(frames) && frames > 0 ? frames : 1,
    rows: numberOf(dataset, "00280010"),
    columns: numberOf(dataset, "00280011"),
  };
}

/** `YYYY.MM.DD` is ACR-NEMA's form, which PS3.5 §6.2 lets readers accept; ISO's dashes are seen as well. */
function validDate(text: string | undefined): string | undefined {
  const match = /^(\d{4})([.-]?)(\d{2})\2(\d{2})$/.exec(text ?? "");
  if (!match) return undefined;
  const [, year = "", , month = "", day = ""] = match;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const exists = !Number.isNaN(date.valueOf()) && date.toISOString().slice(8, 10) === day;
  return exists ? year + month + day : undefined;
}

function validTime(text: string | undefined): string | undefined {
  const digits = (text ?? "").replaceAll(":", "");
  return /^([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?(\.\d{1,6})?$/.test(digits)
    ? digits.replace(/\..*$/, "")
    : undefined;
}
