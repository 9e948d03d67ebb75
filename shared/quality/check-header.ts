/** What one object lacks, from its header: small enough for its item, so that a study is judged without its files. */
import { crc32 } from "node:zlib";
import { lacksPixels } from "../dicom/check-pixels.ts";
import { geometryOf } from "../dicom/geometry.ts";
import { type Dataset, numberOf } from "../dicom/json-model.ts";
import type { Header } from "../dicom/read.ts";
import { requiredAttributes } from "./required-attributes.ts";

/** Of the image there is. `window`: none, or none that shows anything. `spacing`, `plane`: no millimetres, no place in the patient. */
type ImageFault = "window" | "spacing" | "plane";
/** `pixels`: described, and not there. */
export type Fault = ImageFault | "pixels";

export interface Checked {
  /** Tags of required attributes that are not there, or of type 1 and empty; the first ones. */
  readonly lacking?: readonly string[];
  readonly faults?: readonly Fault[];
  /** CRC-32 of each attribute that all instances of a study should share, in order; empty where it has no value. */
  readonly identity: string;
}

const mostLacking = 16;

const root = "1.2.840.10008.5.1.4.1.1.";
const radiographs = ["1", "1.1", "1.2", "1.3"];
const slices = ["2", "4", "128"];
/** By fault: the storage SOP classes that are looked at for it. */
const looked: Readonly<Record<ImageFault, ReadonlySet<string>>> = {
  window: new Set([...radiographs, "2", "4"].map((one) => root + one)),
  spacing: new Set([...radiographs, ...slices].map((one) => root + one)),
  plane: new Set(slices.map((one) => root + one)),
};

/** What all instances of a study should share, in the order of `identity`. */
export const identityAttributes = {
  PatientID: "00100020",
  PatientName: "00100010",
  PatientBirthDate: "00100030",
  PatientSex: "00100040",
  StudyDate: "00080020",
  AccessionNumber: "00080050",
} as const;

export function checkHeader(header: Header): Checked {
  const { dataset, sopClassUid, pixelData } = header;
  const lacking = lackingOf(dataset, sopClassUid);
  const absent: readonly Fault[] = lacksPixels(header) ? ["pixels"] : [];
  const faults = pixelData ? faultsOf(dataset, sopClassUid) : absent;
  return {
    ...(lacking.length > 0 && { lacking }),
    ...(faults.length > 0 && { faults }),
    identity: Object.values(identityAttributes)
      .map((tag) => fingerprint(dataset, tag))
      .join("."),
  };
}

const split = new Map<string, readonly [readonly string[], readonly string[]]>();

/** Cut up when a SOP class is first seen. */
function requiredOf(sopClassUid: string): readonly [readonly string[], readonly string[]] {
  const known = split.get(sopClassUid);
  if (known) return known;
  const [one, two] = requiredAttributes[sopClassUid] ?? ["", ""];
  const cut = [one.match(/.{8}/g) ?? [], two.match(/.{8}/g) ?? []] as const;
  if (one !== "") split.set(sopClassUid, cut);
  return cut;
}

function lackingOf(dataset: Dataset, sopClassUid: string): readonly string[] {
  const [one, two] = requiredOf(sopClassUid);
  const lacking = [...one.filter((tag) => !hasValue(dataset, tag)), ...two.filter((tag) => !dataset[tag])];
  return lacking.slice(0, mostLacking);
}

function hasValue(dataset: Dataset, tag: string): boolean {
  const element = dataset[tag];
  if (!element) return false;
  const { Value, BulkDataURI, InlineBinary } = element;
  return (
    BulkDataURI !== undefined || InlineBinary !== undefined || Value?.some((one) => one !== null) === true
  );
}

const checks: Readonly<Record<ImageFault, (dataset: Dataset) => boolean>> = {
  window: hasWindow,
  spacing: (dataset) => ["00280030", "00181164"].some((tag) => (numberOf(dataset, tag) ?? 0) > 0),
  // A localizer and a multi-frame object are placed otherwise.
  plane: (dataset) =>
    (numberOf(dataset, "00280008") ?? 1) > 1 ||
    dataset["00080008"]?.Value?.[2] === "LOCALIZER" ||
    geometryOf(dataset) !== undefined,
};

const faultsOf = (dataset: Dataset, sopClassUid: string): readonly Fault[] =>
  (Object.keys(checks) as ImageFault[]).filter(
    (fault) => looked[fault].has(sopClassUid) && !checks[fault](dataset),
  );

/** PS3.3 §C.11.2.1.2: a width of at least 1, or a table; colour has none. */
function hasWindow(dataset: Dataset): boolean {
  if (!String(dataset["00280004"]?.Value?.[0] ?? "").startsWith("MONOCHROME")) return true;
  if (dataset["00283010"]) return true;
  const [center, width] = [numberOf(dataset, "00281050"), numberOf(dataset, "00281051")];
  return center !== undefined && width !== undefined && width >= 1;
}

function fingerprint(dataset: Dataset, tag: string): string {
  const value = dataset[tag]?.Value?.[0];
  if (value === undefined || value === null || value === "") return "";
  return crc32(JSON.stringify(value)).toString(16);
}
