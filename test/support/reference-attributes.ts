/** The attributes `reference.json` states of a real file, and the same as this project's reader found them. */
import { type Dataset, numberOf, textOf } from "../../shared/dicom/json-model.ts";
import { formatPersonName, personNameOf } from "../../shared/dicom/person-name.ts";
import type { RealFile } from "./reference-files.ts";

const numbers: Readonly<Record<string, string>> = {
  rows: "00280010",
  columns: "00280011",
  numberOfFrames: "00280008",
  bitsAllocated: "00280100",
  bitsStored: "00280101",
  highBit: "00280102",
  pixelRepresentation: "00280103",
  samplesPerPixel: "00280002",
  planarConfiguration: "00280006",
  instanceNumber: "00200013",
};
const texts: Readonly<Record<string, string>> = {
  sopClassUID: "00080016",
  sopInstanceUID: "00080018",
  studyInstanceUID: "0020000D",
  seriesInstanceUID: "0020000E",
  patientId: "00100020",
  modality: "00080060",
  studyDate: "00080020",
  bodyPartExamined: "00180015",
  studyDescription: "00081030",
  seriesDescription: "0008103E",
  accessionNumber: "00080050",
  manufacturer: "00080070",
  patientBirthDate: "00100030",
  patientSex: "00100040",
  photometricInterpretation: "00280004",
};

export function attributesOf(dataset: Dataset): Record<string, unknown> {
  const name = personNameOf(dataset, "00100010");
  return {
    patientName: name ? formatPersonName(name) : null,
    ...Object.fromEntries(Object.entries(numbers).map(([key, tag]) => [key, numberOf(dataset, tag) ?? null])),
    ...Object.fromEntries(Object.entries(texts).map(([key, tag]) => [key, textOf(dataset, tag) ?? null])),
  };
}

export const referenceOf = (file: RealFile): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(attributesOf({})).map((key) => {
      const truth = key === "patientName" ? file.truth?.PatientName : undefined;
      return [key, truth ?? (file[key] === "" ? null : (file[key] ?? null))];
    }),
  );
