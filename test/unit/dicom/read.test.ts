import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { bulkRange, itemsOf, numberOf, textOf } from "../../../shared/dicom/json-model.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import {
  bytesOf,
  datasetBytes,
  headerOf,
  identity,
  implicitElement,
  longElement,
  part10,
  pixels,
  sample,
  uint32,
} from "./sample.ts";

const implicitIdentity = identity.map(({ tag, value }) =>
  implicitElement(tag, String(value).length % 2 === 0 ? String(value) : `${value}\0`),
);
const itemTag = [0xfe, 0xff, 0x00, 0xe0];
const itemEnd = Uint8Array.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]);
const sequenceEnd = Uint8Array.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
const openItem = bytesOf(...itemTag, uint32(0xffffffff));
const undefinedLength = 0xffffffff;

describe("reading a header", () => {
  it("asks for a longer prefix until the pixels begin, however large the file is", () => {
    const bytes = sample([{ ...pixels, value: new Uint8Array(1_000_000) }]);
    const first = readHeader(bytes.subarray(0, 200), { totalSize: bytes.length });
    expect(first).toEqual({ needBytes: 256 + 64 * 1024 });
    const header = readHeader(bytes.subarray(0, 700), { totalSize: bytes.length });
    expect(header).toMatchObject({
      sopInstanceUid: "1.2.3.4",
      pixelData: { vr: "OW", length: 1_000_000, encapsulated: false, truncated: false },
    });
  });

  it("finds where the pixels lie", () => {
    const { pixelData } = headerOf(sample([pixels]));
    expect(pixelData).toMatchObject({ offset: sample([pixels]).length - 8, length: 8, tag: "7FE00010" });
    const encapsulated = { ...pixels, vr: "OB" as const, value: { fragments: [new Uint8Array(0)] } };
    const compressed = sample([encapsulated], { transferSyntaxUid: "1.2.840.10008.1.2.4.50" });
    expect(headerOf(compressed).pixelData).toMatchObject({ encapsulated: true, length: undefined });
  });

  it("reads an image that is cut off inside its pixels, and says so", () => {
    const bytes = sample([pixels]);
    expect(headerOf(bytes.subarray(0, -3)).pixelData).toMatchObject({ length: 5, truncated: true });
  });

  it("passes over the pixels of an icon, native and encapsulated, in defined and undefined lengths", () => {
    const icon = sample([
      { tag: "00880200", vr: "SQ", value: [[{ ...pixels, value: new Uint8Array(5000) }]] },
      pixels,
    ]);
    expect(headerOf(icon).pixelData?.offset).toBe(icon.length - 8);
    const fragments = bytesOf(...itemTag, uint32(2), 1, 2, sequenceEnd);
    const nested = longElement("7FE00010", "OB", undefinedLength, fragments);
    const open = part10(
      "1.2.840.10008.1.2.4.50",
      bytesOf(
        datasetBytes(sample()),
        longElement("00880200", "SQ", undefinedLength, bytesOf(openItem, nested, itemEnd, sequenceEnd)),
        longElement("7FE00010", "OB", undefinedLength, bytesOf(...itemTag, uint32(0), sequenceEnd)),
      ),
    );
    expect(headerOf(open).pixelData?.offset).toBe(open.length - 16);
    expect(itemsOf(headerOf(open).dataset, "00880200")).toHaveLength(1);
  });

  it("reads implicit VR with the dictionary, private blocks and private sequences", () => {
    const dataset = bytesOf(
      ...implicitIdentity.slice(0, 2),
      implicitElement("00090010", "ACME"),
      implicitElement("00091001", "??"),
      implicitElement("00180050", "2.50"),
      ...implicitIdentity.slice(2),
      implicitElement("00280010", Uint8Array.of(0, 2)),
      bytesOf(0x29, 0, 0x02, 0x10, uint32(undefinedLength), openItem, itemEnd, sequenceEnd),
    );
    const { dataset: json } = headerOf(part10("1.2.840.10008.1.2", dataset));
    expect(json["00090010"]).toEqual({ vr: "LO", Value: ["ACME"] });
    expect(json["00091001"]).toEqual({ vr: "UN", InlineBinary: "Pz8=" });
    expect(json["00180050"]).toEqual({ vr: "DS", Value: [2.5] });
    expect(numberOf(json, "00280010")).toBe(512);
    expect(json["00291002"]).toEqual({ vr: "SQ", Value: [{}] });
  });

  it("takes US or SS from Pixel Representation", () => {
    const padding = implicitElement("00280120", Uint8Array.of(0x30, 0xf8));
    const build = (signed: number) =>
      part10(
        "1.2.840.10008.1.2",
        bytesOf(...implicitIdentity, implicitElement("00280103", Uint8Array.of(signed, 0)), padding),
      );
    expect(headerOf(build(1)).dataset["00280120"]).toEqual({ vr: "SS", Value: [-2000] });
    expect(headerOf(build(0)).dataset["00280120"]).toEqual({ vr: "US", Value: [63536] });
  });

  it("reads a sequence of VR UN as implicit little endian (CP-246), of undefined and of defined length", () => {
    const content = bytesOf(...itemTag, uint32(10), implicitElement("00081150", "1\0"));
    const build = (value: Uint8Array, length = value.length) =>
      bytesOf(datasetBytes(sample()), longElement("00400275", "UN", length, value));
    for (const dataset of [build(content), build(bytesOf(content, sequenceEnd), undefinedLength)]) {
      const { dataset: json } = headerOf(part10("1.2.840.10008.1.2.1", dataset));
      expect(textOf(itemsOf(json, "00400275")[0] ?? {}, "00081150")).toBe("1");
    }
  });

  it("gives standard attributes written as UN their VR back", () => {
    const { dataset } = headerOf(sample([{ tag: "00100020", vr: "UN", value: bytesOf("P-1 ") }]));
    expect(dataset["00100020"]).toEqual({ vr: "LO", Value: ["P-1"] });
  });

  it("leaves out what is no part of the JSON model: group lengths and padding", () => {
    const bytes = sample([
      { tag: "00100000", vr: "UL", value: 12 },
      { tag: "FFFCFFFC", vr: "OB", value: new Uint8Array(20) },
    ]);
    expect(Object.keys(headerOf(bytes).dataset)).toEqual([
      "00080005",
      "00080016",
      "00080018",
      "0020000D",
      "0020000E",
    ]);
    expect(headerOf(bytesOf(bytes, new Uint8Array(100))).sopInstanceUid).toBe("1.2.3.4");
  });

  it("refers to large values by where they lie, and keeps small ones", () => {
    const bytes = sample([
      { tag: "00091001", vr: "OB", value: Uint8Array.from({ length: 5000 }, (_, index) => index % 251) },
      { tag: "00281201", vr: "OW", value: Uint8Array.of(1, 2) },
    ]);
    const { dataset } = headerOf(bytes);
    const range = bulkRange(dataset["00091001"]);
    expect(range?.length).toBe(5000);
    expect([...bytes.subarray(range?.offset, (range?.offset ?? 0) + 4)]).toEqual([0, 1, 2, 3]);
    expect(dataset["00281201"]).toEqual({ vr: "OW", InlineBinary: "AQI=" });
    expect(bulkRange(dataset["00281201"])).toBeUndefined();
  });

  it("turns numbers, tags, empty and repeated values into JSON values", () => {
    const { dataset } = headerOf(
      sample([
        { tag: "00080008", vr: "CS", value: ["ORIGINAL", "", " AXIAL"] },
        { tag: "00091001", vr: "FD", value: [1.5, Number.NaN, -0] },
        { tag: "00091002", vr: "SV", value: ["-9007199254740993", "5"] },
        { tag: "00091003", vr: "UL", value: 4_294_967_295 },
        { tag: "00200013", vr: "IS", value: " 12" },
        { tag: "00280009", vr: "AT", value: "00181063" },
        { tag: "00280030", vr: "DS", value: ["0.5", "1,5", ""] },
        { tag: "00280010", vr: "US" },
      ]),
    );
    expect(dataset["00080008"]?.Value).toEqual(["ORIGINAL", null, "AXIAL"]);
    expect(dataset["00091001"]?.Value).toEqual([1.5, "NaN", 0]);
    expect(dataset["00091002"]?.Value).toEqual(["-9007199254740993", 5]);
    expect(dataset["00091003"]?.Value).toEqual([4_294_967_295]);
    expect(dataset["00200013"]?.Value).toEqual([12]);
    expect(dataset["00280009"]?.Value).toEqual(["00181063"]);
    expect(dataset["00280030"]?.Value).toEqual([0.5, "1,5", null]);
    expect(dataset["00280010"]).toEqual({ vr: "US" });
  });

  it("recognises DICOM without preamble and without file meta information", () => {
    const whole = sample([{ tag: "00080008", vr: "CS", value: "ORIGINAL" }]);
    const withoutPreamble = headerOf(whole.subarray(132));
    expect(withoutPreamble).toMatchObject({ part10: false, sopInstanceUid: "1.2.3.4" });
    const bare = headerOf(datasetBytes(whole));
    expect(bare).toMatchObject({ part10: false, transferSyntaxUid: "1.2.840.10008.1.2.1" });
    const implicit = headerOf(bytesOf(...implicitIdentity));
    expect(implicit).toMatchObject({ part10: false, transferSyntaxUid: "1.2.840.10008.1.2" });
  });

  it("inflates a deflated data set, from a prefix where that is enough", () => {
    const noise = Uint8Array.from({ length: 200_000 }, (_, index) => (index * index * 31) % 251);
    const plain = datasetBytes(sample([{ ...pixels, value: noise }]));
    const bytes = part10("1.2.840.10008.1.2.1.99", deflateRawSync(plain));
    const header = headerOf(bytes);
    expect(header.inflated).toHaveLength(plain.length);
    expect(header.pixelData).toMatchObject({ offset: plain.length - noise.length, length: noise.length });
    const half = readHeader(bytes.subarray(0, Math.floor(bytes.length / 2)), { totalSize: bytes.length });
    expect(half).toMatchObject({ sopInstanceUid: "1.2.3.4", pixelData: { length: noise.length } });
    expect(readHeader(bytes.subarray(0, 400), { totalSize: bytes.length })).toHaveProperty("needBytes");
  });

  it("keeps the last of an attribute that comes twice", () => {
    const id = (value: string) =>
      datasetBytes(writePart10([{ tag: "00100020", vr: "LO", value }])).subarray(18);
    const dataset = bytesOf(datasetBytes(sample()).subarray(0), id("FIRST1"), id("SECOND"));
    expect(textOf(headerOf(part10("1.2.840.10008.1.2.1", dataset)).dataset, "00100020")).toBe("SECOND");
  });
});
