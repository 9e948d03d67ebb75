/** Ways of writing that the field knows and the real files here have not, each by construction. */
import { describe, expect, it } from "@jest/globals";
import { bulkRange, type Dataset, itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { type WriteElement, writePart10 } from "../../../shared/dicom/write.ts";
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

const explicitLittle = "1.2.840.10008.1.2.1";
const open = 0xffffffff;
const item = (length: number) => bytesOf(0xfe, 0xff, 0x00, 0xe0, uint32(length));
const itemEnd = bytesOf(0xfe, 0xff, 0x0d, 0xe0, uint32(0));
const sequenceEnd = bytesOf(0xfe, 0xff, 0xdd, 0xe0, uint32(0));
const patient = datasetBytes(writePart10([{ tag: "00100020", vr: "LO", value: "P-1" }])).subarray(18);
const reference = implicitElement("00081150", "1.2\0");
const explicitReference = bytesOf(8, 0, 0x50, 0x11, "UI", 4, 0, "1.2\0");

/** The data set of the sample, and what is put behind it, in explicit little endian. */
const following = (...parts: readonly Uint8Array[]): Uint8Array =>
  part10(explicitLittle, bytesOf(datasetBytes(sample()), ...parts));
const referenced = (dataset: Dataset, tag: string): string | undefined =>
  textOf(itemsOf(dataset, tag)[0] ?? {}, "00081150");

const readable: readonly (readonly [string, Uint8Array, (dataset: Dataset) => unknown, unknown])[] = [
  [
    "a sequence and its items of undefined length",
    following(
      longElement("00400275", "SQ", open, bytesOf(item(open), explicitReference, itemEnd, sequenceEnd)),
    ),
    (dataset) => referenced(dataset, "00400275"),
    "1.2",
  ],
  [
    "an item of defined length in a sequence of undefined length",
    following(longElement("00400275", "SQ", open, bytesOf(item(12), explicitReference, sequenceEnd))),
    (dataset) => referenced(dataset, "00400275"),
    "1.2",
  ],
  [
    "implicit VR in the items of an explicit sequence",
    following(longElement("00400275", "SQ", open, bytesOf(item(open), reference, itemEnd, sequenceEnd))),
    (dataset) => referenced(dataset, "00400275"),
    "1.2",
  ],
  [
    "UN of undefined length in a private block",
    following(
      bytesOf(0x41, 0, 0x10, 0, "LO", 4, 0, "ACME"),
      longElement("00411001", "UN", open, bytesOf(item(open), reference, itemEnd, sequenceEnd)),
    ),
    (dataset) => referenced(dataset, "00411001"),
    "1.2",
  ],
  [
    "a private sequence of VR SQ",
    following(longElement("00411001", "SQ", 20, bytesOf(item(12), explicitReference))),
    (dataset) => referenced(dataset, "00411001"),
    "1.2",
  ],
  [
    "UN inside UN",
    following(
      longElement(
        "00411001",
        "UN",
        open,
        bytesOf(
          item(open),
          bytesOf(0x41, 0, 0x02, 0x10, uint32(open), item(open), reference, itemEnd, sequenceEnd),
          itemEnd,
          sequenceEnd,
        ),
      ),
    ),
    (dataset) => referenced(itemsOf(dataset, "00411001")[0] ?? {}, "00411002"),
    "1.2",
  ],
  [
    "an unknown VR of two capitals, which has a 32-bit length",
    following(longElement("00411001", "ZZ", 4, bytesOf("abcd")), patient),
    (dataset) => [dataset["00411001"], textOf(dataset, "00100020")],
    [{ vr: "UN", InlineBinary: "YWJjZA==" }, "P-1"],
  ],
  [
    "one element in implicit VR among explicit ones",
    following(bytesOf(0x10, 0, 0x20, 0, uint32(4), "P-1 ")),
    (dataset) => textOf(dataset, "00100020"),
    "P-1",
  ],
  [
    "a VR of two question marks, with a length of 16 bits",
    following(bytesOf(0x10, 0, 0x20, 0, "??", 4, 0, "P-1 "), bytesOf(0x41, 0, 1, 0x10, "??", 2, 0, "ab")),
    (dataset) => [textOf(dataset, "00100020"), dataset["00411001"]],
    ["P-1", { vr: "UN", InlineBinary: "YWI=" }],
  ],
  [
    "the 64-bit VRs",
    sample([
      { tag: "00091001", vr: "SV", value: ["-2"] },
      { tag: "00091002", vr: "UV", value: ["18446744073709551615"] },
      { tag: "00091003", vr: "OV", value: new Uint8Array(8) },
    ]),
    (dataset) => [dataset["00091001"]?.Value, dataset["00091002"]?.Value, dataset["00091003"]?.InlineBinary],
    [[-2], ["18446744073709551615"], "AAAAAAAAAAA="],
  ],
  [
    "odd lengths",
    following(bytesOf(0x10, 0, 0x10, 0, "PN", 3, 0, "A^B"), bytesOf(0x10, 0, 0x20, 0, "LO", 3, 0, "P-1")),
    (dataset) => [dataset["00100010"]?.Value, textOf(dataset, "00100020")],
    [[{ Alphabetic: "A^B" }], "P-1"],
  ],
  [
    "numbers whose length does not divide by theirs",
    following(bytesOf(0x28, 0, 0x10, 0, "US", 3, 0, Uint8Array.of(5, 0, 9))),
    (dataset) => dataset["00280010"]?.Value,
    [5],
  ],
  [
    "text of a megabyte, left in the file",
    sample([{ tag: "0040A160", vr: "UT", value: "x".repeat(1_000_000) }]),
    (dataset) => bulkRange(dataset["0040A160"])?.length,
    1_000_000,
  ],
  [
    "text of 60,000 characters, kept",
    sample([{ tag: "0040A160", vr: "UT", value: "x".repeat(60_000) }]),
    (dataset) => textOf(dataset, "0040A160")?.length,
    60_000,
  ],
  [
    "tags that do not ascend",
    following(bytesOf(0x20, 0, 0x10, 0, "SH", 2, 0, "S1"), patient),
    (dataset) => [textOf(dataset, "00200010"), textOf(dataset, "00100020")],
    ["S1", "P-1"],
  ],
  [
    "group lengths that are wrong",
    following(bytesOf(0x10, 0, 0, 0, "UL", 4, 0, uint32(0xffff)), patient),
    (dataset) => [textOf(dataset, "00100020"), dataset["00100000"]],
    ["P-1", undefined],
  ],
  [
    "Data Set Trailing Padding, and zeros after it",
    following(patient, longElement("FFFCFFFC", "OB", 6, new Uint8Array(6)), new Uint8Array(50)),
    (dataset) => [textOf(dataset, "00100020"), dataset.FFFCFFFC],
    ["P-1", undefined],
  ],
  [
    "delimiters that belong to nothing",
    following(itemEnd, sequenceEnd, patient),
    (dataset) => textOf(dataset, "00100020"),
    "P-1",
  ],
  [
    "a retired attribute",
    sample([{ tag: "00080010", vr: "SH", value: "ACR-NEMA 2.0" }]),
    (dataset) => textOf(dataset, "00080010"),
    "ACR-NEMA 2.0",
  ],
];

describe("an odd but readable file", () => {
  it.each(readable)("%s", (_, bytes, read, expected) => {
    expect(read(headerOf(bytes).dataset)).toEqual(expected);
  });

  it("a wrong length of the file meta information does not move the data set", () => {
    for (const length of [0, 4, 100_000]) {
      const bytes = sample([pixels]).slice();
      new DataView(bytes.buffer).setUint32(140, length, true);
      expect(headerOf(bytes)).toMatchObject({ sopInstanceUid: "1.2.3.4", part10: true });
    }
  });

  it.each(["\0", " ", "\0\0", "  "])("a transfer syntax padded with %j is still one", (padding) => {
    const uid = `${explicitLittle}${padding}`;
    expect(headerOf(sample([], { transferSyntaxUid: uid })).transferSyntaxUid).toBe(explicitLittle);
  });

  it("big endian, with sequences, numbers, words and text", () => {
    const element = (tag: number, vr: string, value: Uint8Array) =>
      bytesOf(uint32(tag, false), vr, Uint8Array.of(0, value.length), value);
    const uids = identity.map(({ tag, value }) => {
      const text = String(value);
      return element(Number.parseInt(tag, 16), "UI", bytesOf(text.length % 2 === 0 ? text : `${text}\0`));
    });
    const nested = element(0x00081150, "UI", bytesOf("1.2\0"));
    const sequence = bytesOf(uint32(0x00400275, false), "SQ", 0, 0, uint32(8 + nested.length, false));
    const dataset = bytesOf(
      ...uids,
      element(0x00280010, "US", Uint8Array.of(2, 0)),
      bytesOf(uint32(0x00281201, false), "OW", 0, 0, uint32(2, false), Uint8Array.of(1, 2)),
      sequence,
      uint32(0xfffee000, false),
      uint32(nested.length, false),
      nested,
    );
    const { dataset: json, transferSyntax } = headerOf(part10("1.2.840.10008.1.2.2", dataset));
    expect(transferSyntax.littleEndian).toBe(false);
    expect(json["00280010"]?.Value).toEqual([512]);
    expect(json["00281201"]?.InlineBinary).toBe(Buffer.from([2, 1]).toString("base64"));
    expect(referenced(json, "00400275")).toBe("1.2");
  });

  it("without preamble, without file meta information, and both in big endian", () => {
    const whole: WriteElement[] = [...identity, { tag: "00080008", vr: "CS", value: "ORIGINAL" }];
    const bytes = writePart10(whole);
    for (const bare of [bytes.subarray(132), datasetBytes(bytes)])
      expect(headerOf(bare)).toMatchObject({ part10: false, sopInstanceUid: "1.2.3.4" });
  });
});
