import { describe, expect, it } from "@jest/globals";
import { type Dataset, numberOf, textOf } from "../../../shared/dicom/json-model.ts";
import { formatPersonName, personNameOf } from "../../../shared/dicom/person-name.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { describeWithRealFiles, type RealFile } from "../../support/real-files.ts";
import { headerOf, rejectionOf } from "./sample.ts";

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

const taken = (file: RealFile): boolean =>
  file.expected !== "reject" && !(file.acceptable.includes("reject") && rejectionOf(file.bytes()));

function attributesOf(dataset: Dataset): Record<string, unknown> {
  const name = personNameOf(dataset, "00100010");
  return {
    patientName: name ? formatPersonName(name) : null,
    ...Object.fromEntries(Object.entries(numbers).map(([key, tag]) => [key, numberOf(dataset, tag) ?? null])),
    ...Object.fromEntries(Object.entries(texts).map(([key, tag]) => [key, textOf(dataset, tag) ?? null])),
  };
}

const referenceOf = (file: RealFile): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(attributesOf({})).map((key) => {
      const truth = key === "patientName" ? file.truth?.PatientName : undefined;
      return [key, truth ?? (file[key] === "" ? null : (file[key] ?? null))];
    }),
  );

describeWithRealFiles("a technician sends real files", (files) => {
  it.each(files.map((file) => [file.path, file] as const))(
    "%s is taken or refused as it should be",
    (_, file) => {
      const rejection = rejectionOf(file.bytes());
      const outcomes = [file.expected, ...file.acceptable];
      if (rejection) expect(outcomes).toContain("reject");
      else expect(outcomes.some((outcome) => outcome !== "reject")).toBe(true);
    },
  );

  describe("attributes are what independent readers see", () => {
    it.each(files.filter(taken).map((file) => [file.path, file] as const))("%s", (_, file) => {
      const header = headerOf(file.bytes());
      expect(attributesOf(header.dataset)).toEqual(referenceOf(file));
      if (file.transferSyntaxUID) expect(header.transferSyntaxUid).toBe(file.transferSyntaxUID);
    });
  });

  it("reads the same from the shortest prefix it asks for as from the whole file", () => {
    for (const file of files.filter(taken)) {
      const bytes = file.bytes();
      let answer = readHeader(bytes.subarray(0, 1), { totalSize: bytes.length });
      for (let rounds = 0; "needBytes" in answer; rounds++) {
        expect(rounds).toBeLessThan(20);
        answer = readHeader(bytes.subarray(0, answer.needBytes), { totalSize: bytes.length });
      }
      const { inflated: _, pixelData: _pixels, ...rest } = answer;
      const { inflated: __, pixelData: __pixels, ...whole } = headerOf(bytes);
      expect(rest).toEqual(whole);
    }
  });

  it("makes JSON that is only JSON", () => {
    for (const file of files.filter(taken)) {
      const { dataset } = headerOf(file.bytes());
      expect(JSON.parse(JSON.stringify(dataset))).toEqual(dataset);
    }
  });
});
