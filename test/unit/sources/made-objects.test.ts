/** What is made of photographs and documents, looked at by readers that are not ours. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { parseDicom } from "dicom-parser";
import sharp from "sharp";
import type { DicomJson, StudyItem } from "../../../shared/catalog/items.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import type { OrderItem } from "../../../shared/order/items.ts";
import { makeObject } from "../../../shared/sources/make-object.ts";
import type { SourceType } from "../../../shared/sources/recognise.ts";
import { cameraMaker, deepPng, jpegPhotograph, pdfDocument, pngPhotograph } from "../../support/film.ts";

const folder = mkdtempSync(join(tmpdir(), "made-objects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const order = {
  orderId: "01J0RDER000000000000000000",
  day: "20270301",
  content: {
    intent: "order",
    priority: "routine",
    accession: "A-77",
    patient: {
      id: "P-77",
      name: { Alphabetic: "Ouyang^Xue", Ideographic: "欧阳^雪" },
      birthDate: "1961-11-02",
      gender: "female",
    },
    code: { text: "左膝关节X线" },
    bodyPart: "KNEE",
    laterality: "L",
    requester: { name: "王医生" },
    authoredOn: "2027-03-01T08:00:00.000Z",
  },
} as unknown as OrderItem;

const about = {
  order,
  studyUid: "2.25.1",
  seriesUid: "2.25.2",
  sopUid: "2.25.3",
  instanceNumber: 1,
  sha256: "0".repeat(64),
  at: new Date("2027-03-01T08:00:00.000Z"),
};
const make = (type: SourceType, bytes: Uint8Array) => makeObject(type, bytes, about);

/** What a document says that is made for an order of this content, in a study where there is one. */
async function saidFor(content: Partial<OrderItem["content"]>, study?: DicomJson) {
  const changed = { ...order, content: { ...order.content, ...content } };
  const of = { ...about, order: changed, ...(study && { study: { attributes: study } as StudyItem }) };
  const bytes = await makeObject("application/pdf", pdfDocument(), of);
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file was given");
  return (tag: string) => header.dataset[tag]?.Value?.[0];
}

describe("dates and times of what is made", () => {
  it("are the order's local ones, and say how far that is from UTC", async () => {
    const said = await saidFor({
      occurrence: "2027-03-01T23:30:00+08:00",
      authoredOn: "2027-03-01T08:00:00Z",
    });
    expect(said("00080201")).toBe("+0800");
    expect([said("00080012"), said("00080013")]).toEqual(["20270301", "160000"]);
  });

  it("are of the day that it is there", async () => {
    const said = await saidFor({ authoredOn: "2027-03-01T23:30:00-10:00" });
    expect(said("00080201")).toBe("-1000");
    expect([said("00080012"), said("00080013")]).toEqual(["20270228", "220000"]);
  });

  it("are the study's where it has them, with its offset from UTC or with none", async () => {
    const occurrence = "2027-03-01T09:00:00+08:00";
    const date = {
      "00080020": { vr: "DA", Value: ["20270228"] },
      "00080030": { vr: "TM", Value: ["230000"] },
    };
    const unknown = await saidFor({ occurrence }, date);
    for (const tag of ["00080201", "00080012", "00080013"]) expect(unknown(tag)).toBeUndefined();
    expect([unknown("00080020"), unknown("00080030")]).toEqual(["20270228", "230000"]);
    const known = await saidFor({ occurrence }, { ...date, "00080201": { vr: "SH", Value: ["-0330"] } });
    expect([known("00080201"), known("00080013")]).toEqual(["-0330", "043000"]);
    const senseless = await saidFor({ occurrence }, { ...date, "00080201": { vr: "SH", Value: ["local"] } });
    expect(senseless("00080201")).toBeUndefined();
  });

  it("are left out where the order names a day only", async () => {
    const said = await saidFor({ occurrence: "2027-03-01" });
    for (const tag of ["00080201", "00080012", "00080013"]) expect(said(tag)).toBeUndefined();
  });
});

describe("an accession number", () => {
  it("of 16 characters is the object's", async () => {
    const said = await saidFor({ accession: "1234567890ABCDEF" });
    expect([said("00080050"), said("00402017")]).toEqual(["1234567890ABCDEF", undefined]);
  });

  it("that is longer than SH takes is never another number, and is kept whole as the filler's", async () => {
    const said = await saidFor({ accession: "1234567890ABCDEF7" });
    expect([said("00080050"), said("00402017")]).toEqual([undefined, "1234567890ABCDEF7"]);
  });
});

const sources: Record<string, () => Promise<Uint8Array>> = {
  "a JPEG as it is": async () => make("image/jpeg", await jpegPhotograph()),
  "a turned JPEG": async () => make("image/jpeg", await jpegPhotograph({ orientation: 6 })),
  "a grey JPEG": async () => make("image/jpeg", await jpegPhotograph({ grey: true })),
  "a progressive JPEG": async () => make("image/jpeg", await jpegPhotograph({ progressive: true })),
  "a PNG": async () => make("image/png", await pngPhotograph()),
  "a PNG of 16 bits": async () => make("image/png", await deepPng()),
  "a PDF": async () => make("application/pdf", pdfDocument()),
  "a PDF of odd length": async () => make("application/pdf", pdfDocument("odd!")),
};

const validator = spawnSync("dciodvfy", ["-version"]).error === undefined;
if (!validator)
  console.warn(
    "dciodvfy is not installed (apt-get install dicom3tools): what is made was not checked with it",
  );

describe.each(Object.entries(sources))("%s", (name, made) => {
  (validator ? it : it.skip)("is a correct object of its IOD to dciodvfy", async () => {
    const path = join(folder, `${name.replaceAll(" ", "-")}.dcm`);
    writeFileSync(path, await made());
    const { stderr, stdout } = spawnSync("dciodvfy", [path], { encoding: "utf8" });
    expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    expect(stderr + stdout).toMatch(/SCImage|SecondaryCaptureImage|EncapsulatedPDF/);
  });

  it("has the order's identity, says what it is, and reads the same in another reader", async () => {
    const bytes = await made();
    const header = readHeader(bytes, { totalSize: bytes.length });
    if ("needBytes" in header) throw new Error("The whole file was given");
    expect(header.dataset).toMatchObject({
      "00080005": { Value: ["ISO_IR 192"] },
      "00080050": { Value: ["A-77"] },
      "00080090": { Value: [{ Ideographic: "王医生" }] },
      "00081030": { Value: ["左膝关节X线"] },
      "00100010": { Value: [{ Alphabetic: "Ouyang^Xue", Ideographic: "欧阳^雪" }] },
      "00100020": { Value: ["P-77"] },
      "00100030": { Value: ["19611102"] },
      "00100040": { Value: ["F"] },
      "00280301": { Value: ["YES"] },
    });
    const other = parseDicom(bytes);
    expect(other.string("x0020000d")).toBe("2.25.1");
    expect(other.string("x00100020")).toBe("P-77");
  });
});

/** The frame as a viewer gets it. */
function frameOf(bytes: Uint8Array): Uint8Array {
  const { elements } = parseDicom(bytes);
  const pixels = elements.x7fe00010;
  const fragment = pixels?.fragments?.[0];
  if (pixels?.fragments && pixels.fragments.length !== 1) throw new Error("More than one fragment");
  const [at, length] = fragment
    ? [fragment.position, fragment.length]
    : [pixels?.dataOffset ?? 0, pixels?.length ?? 0];
  return bytes.subarray(at, at + length);
}

describe("a photograph", () => {
  it("keeps the camera's own stream, without what it says of camera and place", async () => {
    const photograph = await jpegPhotograph();
    const frame = frameOf(await make("image/jpeg", photograph));
    const decode = (jpeg: Uint8Array) => sharp(jpeg).raw().toBuffer();
    expect(Buffer.from(photograph).includes(cameraMaker)).toBe(true);
    expect(Buffer.from(frame).includes(cameraMaker)).toBe(false);
    expect(Buffer.from(frame).includes("Exif")).toBe(false);
    expect(await decode(frame)).toEqual(await decode(photograph));
  });

  it("that was held upright is shown upright: its mark is in the upper right corner", async () => {
    const made = await make("image/jpeg", await jpegPhotograph({ orientation: 6 }));
    const header = readHeader(made, { totalSize: made.length });
    expect(header).toMatchObject({ dataset: { "00280010": { Value: [60] }, "00280011": { Value: [40] } } });
    const { data, info } = await sharp(frameOf(made)).raw().toBuffer({ resolveWithObject: true });
    const brightness = (x: number, y: number) => data[(y * info.width + x) * info.channels] as number;
    expect(info).toMatchObject({ width: 40, height: 60 });
    expect(brightness(37, 3)).toBeGreaterThan(240);
    expect(brightness(3, 3)).toBeLessThan(60);
  });

  it("says every lossy step it went through", async () => {
    const steps = async (photograph: Promise<Uint8Array>) => {
      const made = await make("image/jpeg", await photograph);
      const header = readHeader(made, { totalSize: made.length });
      if ("needBytes" in header) throw new Error("The whole file was given");
      return header.dataset["00282114"]?.Value?.length;
    };
    expect(await steps(jpegPhotograph())).toBe(1);
    expect(await steps(jpegPhotograph({ progressive: true }))).toBe(2);
  });

  it("in PNG comes out sample by sample", async () => {
    const png = await pngPhotograph();
    expect(Buffer.from(frameOf(await make("image/png", png)))).toEqual(await sharp(png).raw().toBuffer());
  });

  it("of 16 bits keeps them", async () => {
    const frame = frameOf(await make("image/png", await deepPng()));
    const samples = new Uint16Array(new Uint8Array(frame).buffer);
    expect([samples[0], samples[1], samples[59]]).toEqual([0, 1000, 59_000]);
  });

  it.each<[string, SourceType, () => Promise<Uint8Array>]>([
    ["a JPEG", "image/jpeg", jpegPhotograph],
    ["a PNG", "image/png", pngPhotograph],
    ["a PDF", "application/pdf", async () => pdfDocument()],
  ])("or document that was cut off is refused wherever %s was cut", async (_, type, whole) => {
    const bytes = await whole();
    for (let kept = 8; kept < bytes.length - 12; kept += Math.ceil(bytes.length / 40))
      await expect(make(type, bytes.subarray(0, kept))).rejects.toThrow(
        /damaged|cannot be decoded|cut off|without|missing/i,
      );
  });
});

describe("a photograph of 64 megapixels", () => {
  it.each(["png", "a turned jpeg"])(
    "is made an object in far less than a gigabyte: %s",
    (kind) => {
      const script = join(import.meta.dirname, "../../support/largest-photograph.ts");
      const { stdout, stderr } = spawnSync(process.execPath, [script, kind], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(Number(stdout)).toBeGreaterThan(100);
      expect(Number(stdout)).toBeLessThan(850);
    },
    60_000,
  );
});

it("a document lies in its object bit for bit, and its length is on record", async () => {
  for (const comment of ["even", "odd!!"]) {
    const pdf = pdfDocument(comment);
    const made = await make("application/pdf", pdf);
    const { elements } = parseDicom(made);
    const { dataOffset = 0 } = elements.x00420011 ?? {};
    const length = parseDicom(made).uint32("x00420015") as number;
    expect(length).toBe(pdf.length);
    expect(Buffer.from(made.subarray(dataOffset, dataOffset + length))).toEqual(Buffer.from(pdf));
  }
});
