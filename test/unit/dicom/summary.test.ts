import { expect, it, describe as suite } from "@jest/globals";
import type { Dataset } from "../../../shared/dicom/json-model.ts";
import {
  describe,
  instanceAttributes,
  seriesAttributes,
  studyAttributes,
} from "../../../shared/dicom/summary.ts";
import { headerOf, sample } from "./sample.ts";

const { dataset } = headerOf(
  sample([
    { tag: "00080020", vr: "DA", value: "20261103" },
    { tag: "00080030", vr: "TM", value: "101530.25" },
    { tag: "00080050", vr: "SH", value: "A-17" },
    { tag: "00080060", vr: "CS", value: "CT" },
    { tag: "00100010", vr: "PN", value: "Wang^XiaoMing=王^小明" },
    { tag: "00100020", vr: "LO", value: "P1" },
    { tag: "00200011", vr: "IS", value: "2" },
    { tag: "00200013", vr: "IS", value: "7" },
    { tag: "00280010", vr: "US", value: 512 },
    { tag: "00280011", vr: "US", value: 256 },
    { tag: "00400275", vr: "SQ", value: [[{ tag: "00400009", vr: "SH", value: "S1" }]] },
    { tag: "00091001", vr: "LO", value: "private" },
  ]),
);
const dated = (date: string, time = ""): Dataset => ({
  "00080020": { vr: "DA", Value: [date] },
  "00080030": { vr: "TM", Value: [time] },
});

suite("what the catalog keeps of an object", () => {
  it("is filed by its identifying values", () => {
    expect(describe(dataset)).toMatchObject({
      studyUid: "1.2.3",
      seriesUid: "1.2.3.1",
      sopUid: "1.2.3.4",
      sopClassUid: "1.2.840.10008.5.1.4.1.1.2",
      patientId: "P1",
      patientName: { Alphabetic: "Wang^XiaoMing", Ideographic: "王^小明" },
      studyDate: "20261103",
      studyTime: "101530",
      accession: "A-17",
      modality: "CT",
      seriesNumber: 2,
      instanceNumber: 7,
      numberOfFrames: 1,
      rows: 512,
      columns: 256,
    });
  });

  it("has on each level what a search answers there, and nothing private", () => {
    expect(Object.keys(studyAttributes(dataset))).toEqual(
      expect.arrayContaining(["00080020", "00080050", "00100010", "00100020", "0020000D"]),
    );
    expect(seriesAttributes(dataset)).toMatchObject({
      "00080060": { vr: "CS", Value: ["CT"] },
      "00400275": { vr: "SQ", Value: [{ "00400009": { vr: "SH", Value: ["S1"] } }] },
    });
    expect(Object.keys(instanceAttributes(dataset))).toEqual([
      "00080016",
      "00080018",
      "00200013",
      "00280010",
      "00280011",
    ]);
    const all = JSON.stringify([
      studyAttributes(dataset),
      seriesAttributes(dataset),
      instanceAttributes(dataset),
    ]);
    expect(all).not.toContain("private");
  });

  it("stays small whatever a file holds", () => {
    const endless = headerOf(
      sample([
        { tag: "00100010", vr: "PN", value: "W".repeat(10_000) },
        { tag: "00081030", vr: "LO", value: "long ".repeat(5000) },
        {
          tag: "00400275",
          vr: "SQ",
          value: Array.from({ length: 500 }, () => [{ tag: "00400009", vr: "SH", value: "S" }] as const),
        },
      ]),
    ).dataset;
    const kept = JSON.stringify([studyAttributes(endless), seriesAttributes(endless)]);
    expect(kept.length).toBeLessThan(4000);
  });

  it.each([
    ["20261103", "20261103"],
    ["1996.10.29", "19961029"],
    ["2026-11-03", "20261103"],
    ["20240229", "20240229"],
    ["20230229", undefined],
    ["20041399", undefined],
    ["2026", undefined],
    ["20261103-20261104", undefined],
    ["00000000", undefined],
    ["", undefined],
  ])("study date %j is %j", (date, expected) => expect(describe(dated(date)).studyDate).toBe(expected));

  it.each([
    ["101530", "101530"],
    ["1015", "1015"],
    ["10:15:30", "101530"],
    ["235960", "235960"],
    ["246000", undefined],
    ["noon", undefined],
  ])("study time %j is %j", (time, expected) => expect(describe(dated("", time)).studyTime).toBe(expected));
});
