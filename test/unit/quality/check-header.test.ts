import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateHeadCt } from "../../../local/samples/head-ct.ts";
import type { Element } from "../../../shared/dicom/json-model.ts";
import type { Header } from "../../../shared/dicom/read.ts";
import { checkHeader } from "../../../shared/quality/check-header.ts";
import { headerFindings } from "../../../shared/quality/header-findings.ts";
import { qualityOf } from "../../../shared/quality/score.ts";
import { headerOf } from "../dicom/sample.ts";

let folder: string;
let whole: Header;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mic-check-"));
  const [path] = (await generateHeadCt(folder, { seed: "check", slices: 1 })) as [string];
  whole = headerOf(await readFile(path));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The whole CT slice with these elements changed; undefined takes one away. */
function changed(
  elements: Readonly<Record<string, Element | undefined>>,
  more: Partial<Header> = {},
): Header {
  const dataset = Object.fromEntries(
    Object.entries({ ...whole.dataset, ...elements }).filter(([, element]) => element !== undefined),
  ) as Header["dataset"];
  return { ...whole, ...more, dataset };
}
const findingsOf = (...headers: readonly Header[]) =>
  headerFindings(
    headers.map((header) => ({
      seriesUid: "1.2",
      sopClassUid: header.sopClassUid,
      kind: "",
      isLocalizer: false,
      ...checkHeader(header),
    })),
  );
const text = (vr: "LO" | "PN" | "DA" | "CS" | "DS", ...Value: (string | number)[]): Element =>
  ({ vr, Value }) as Element;

describe("a CT slice as a scanner should write it", () => {
  it("lacks nothing and is worth 100", () => {
    expect(checkHeader(whole)).toEqual({ identity: expect.stringMatching(/^[\da-f]+(\.[\da-f]+){5}$/) });
    expect(findingsOf(whole, whole)).toEqual([]);
    expect(qualityOf([])).toEqual({ score: 100, deductions: [] });
  });
});

describe("an image that describes pixels and has none", () => {
  it("may have been cut off in front of them: somebody has to look", () => {
    const { pixelData, ...header } = whole;
    expect(pixelData).toBeDefined();
    expect(findingsOf(whole, header)).toEqual([{ code: "pixels-missing", values: { images: 1 } }]);
  });

  it("is as it should be where they lie elsewhere, or where nothing describes any", () => {
    const elsewhere: Element = { vr: "UR", Value: ["https://localhost/1"] };
    for (const one of [{ "00287FE0": elsewhere }, { "00280002": undefined }]) {
      const { pixelData: _, ...header } = changed(one);
      expect(checkHeader(header).faults).toBeUndefined();
    }
  });
});

describe("what a header lacks", () => {
  it("is a required attribute that is absent, or of type 1 and empty; of type 2 it may be empty", () => {
    const header = changed({ "00281053": { vr: "DS" }, "00180060": undefined, "00080050": { vr: "SH" } });
    expect(checkHeader(header).lacking).toEqual(["00281053", "00180060"]);
    expect(findingsOf(whole, header)).toEqual([
      { code: "attributes-missing", values: { images: 1, count: 2, attributes: "(0018,0060), (0028,1053)" } },
    ]);
  });

  it.each<[string, Readonly<Record<string, Element | undefined>>, string]>([
    ["no window", { "00281051": undefined }, "window"],
    ["a window of no width", { "00281051": text("DS", 0) }, "window"],
    ["no spacing", { "00280030": undefined }, "spacing"],
    ["no place", { "00200032": undefined }, "plane"],
    ["a plane that is none", { "00200037": text("DS", 1, 0, 0, 1, 0, 0) }, "plane"],
  ])("is %s", (_, elements, fault) => {
    expect(checkHeader(changed(elements)).faults).toEqual([fault]);
  });

  it("is no window where a table stands for it, and no fault of an image where there is none", () => {
    const table = { vr: "SQ", Value: [] } as Element;
    expect(checkHeader(changed({ "00281051": undefined, "00283010": table })).faults).toBeUndefined();
    const { pixelData: _, ...report } = changed({ "00281051": undefined, "00280030": undefined });
    expect(checkHeader(report).faults).toEqual(["pixels"]);
  });

  it("is who the patient is", () => {
    const nobody = changed({
      "00100020": text("LO", ""),
      "00100010": { vr: "PN" },
      "00100030": { vr: "DA" },
    });
    expect(findingsOf(nobody, whole).map(({ code }) => code)).toEqual([
      "patient-id-missing",
      "patient-name-missing",
      "birth-date-missing",
    ]);
  });

  it("is agreement among the images of a study, without saying with what", () => {
    const other = changed({ "00100020": text("LO", "P-2"), "00080020": text("DA", "20200101") });
    const [found, ...more] = findingsOf(whole, other, whole);
    expect([found, ...more]).toEqual([
      { code: "identity-differs", values: { attributes: "PatientID, StudyDate" } },
    ]);
  });

  it("is nothing more than the class of objects that only a vendor knows", () => {
    const foreign = changed({ "00281051": undefined }, { sopClassUid: "1.3.12.2.1107.5.9.1" });
    expect(findingsOf(foreign)).toEqual([{ code: "private-class", values: { images: 1 } }]);
  });
});

describe("a study's score", () => {
  it("loses each code's points once, however many series it is about, and ends at 0", () => {
    expect(
      qualityOf([
        { code: "slices-missing", of: "1" },
        { code: "slices-missing", of: "2" },
      ]),
    ).toEqual({
      score: 70,
      deductions: [{ code: "slices-missing", points: 30 }],
    });
    const everything = [
      ...(["images-not-arrived", "slices-missing", "identity-differs", "patient-id-missing"] as const),
      ...(["patient-name-missing", "plane-missing"] as const),
    ];
    expect(qualityOf(everything.map((code) => ({ code }))).score).toBe(0);
  });
});
