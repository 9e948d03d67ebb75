import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { rejections } from "../../../shared/dicom/rejected.ts";
import { isUid } from "../../../shared/dicom/uid.ts";
import { type WriteElement, writePart10 } from "../../../shared/dicom/write.ts";
import {
  bytesOf,
  datasetBytes,
  identity,
  implicitElement,
  longElement,
  part10,
  rejectionOf,
  sample,
} from "./sample.ts";

const explicitLittle = "1.2.840.10008.1.2.1";
const without = (tag: string): Uint8Array => writePart10(identity.filter((element) => element.tag !== tag));
const withUid = (value: string): Uint8Array =>
  writePart10(identity.map((element) => (element.tag === "00080018" ? { ...element, value } : element)));
const after = (element: Uint8Array): Uint8Array =>
  part10(explicitLittle, bytesOf(datasetBytes(sample()), element));
const nested = (depth: number): readonly WriteElement[] =>
  depth === 0 ? [] : [{ tag: "00081110", vr: "SQ", value: [nested(depth - 1)] }];

const refused: readonly (readonly [string, Uint8Array, keyof typeof rejections, string | undefined])[] = [
  ["an empty file", new Uint8Array(0), "empty", undefined],
  ["one byte", Uint8Array.of(1), "not-dicom", undefined],
  ["a photograph", bytesOf(0xff, 0xd8, 0xff, "JFIF", new Uint8Array(500)), "not-dicom", undefined],
  [
    "a preamble without DICM",
    bytesOf(new Uint8Array(128), "DICN", new Uint8Array(100)),
    "not-dicom",
    undefined,
  ],
  [
    "a file without a data set",
    sample().subarray(0, -datasetBytes(sample()).length),
    "missing-uid",
    "00080016",
  ],
  ["a file without a Study Instance UID", without("0020000D"), "missing-uid", "0020000D"],
  ["a file with an empty SOP Instance UID", withUid(""), "missing-uid", "00080018"],
  ["a UID that walks out of a folder", withUid("../../etc/passwd"), "invalid-uid", "00080018"],
  ["two UIDs where one belongs", withUid("1.2\\1.3"), "invalid-uid", "00080018"],
  ["a file cut inside an element", sample().subarray(0, -3), "truncated", "0020000E"],
  [
    "an element of 4 GiB",
    after(longElement("00400001", "OB", 0xfffffff0, new Uint8Array(4))),
    "length-overrun",
    "00400001",
  ],
  [
    "an item longer than its sequence",
    after(longElement("00400275", "SQ", 8, bytesOf(0xfe, 0xff, 0, 0xe0, 99, 0, 0, 0, new Uint8Array(200)))),
    "length-overrun",
    "FFFEE000",
  ],
  [
    "a sequence without items",
    after(longElement("00400275", "SQ", 8, new Uint8Array(8))),
    "damaged-structure",
    "00000000",
  ],
  [
    "a sequence that never ends",
    after(longElement("00400275", "SQ", 0xffffffff, new Uint8Array(0))),
    "truncated",
    "00400275",
  ],
  ["sequences two hundred deep", sample(nested(200)), "nesting-limit", undefined],
  [
    "implicit VR declared explicit",
    part10(explicitLittle, implicitElement("00080016", "1.2")),
    "wrong-encoding",
    "00020010",
  ],
  [
    "explicit VR declared implicit",
    part10("1.2.840.10008.1.2", datasetBytes(sample())),
    "wrong-encoding",
    "00020010",
  ],
  [
    "a transfer syntax nobody knows",
    sample([], { transferSyntaxUid: "1.2.3" }),
    "unknown-transfer-syntax",
    "00020010",
  ],
  [
    "a disc's index",
    writePart10([...identity.slice(1), { tag: "00080016", vr: "UI", value: "1.2.840.10008.1.3.10" }]),
    "dicomdir",
    "00020002",
  ],
  [
    "a deflate bomb",
    part10("1.2.840.10008.1.2.1.99", deflateRawSync(new Uint8Array(64 * 1024 * 1024))),
    "decompression-limit",
    undefined,
  ],
  [
    "a damaged deflate stream",
    part10("1.2.840.10008.1.2.1.99", new Uint8Array(300).fill(0xff)),
    "deflate-damaged",
    undefined,
  ],
  [
    "a cut deflate stream",
    part10("1.2.840.10008.1.2.1.99", deflateRawSync(datasetBytes(sample())).subarray(0, -9)),
    "truncated",
    undefined,
  ],
];

describe("a technician is told why a file is refused", () => {
  it.each(refused)("%s", (_, bytes, code, attribute) => {
    const rejection = rejectionOf(bytes);
    expect(rejection?.code).toBe(code);
    if (attribute !== undefined) expect(rejection?.attribute).toBe(attribute);
    expect(rejection?.offset).toBeGreaterThanOrEqual(0);
    expect(rejection?.offset).toBeLessThanOrEqual(bytes.length);
  });

  it("in English and in Chinese, for every code", () => {
    for (const { en, zh } of Object.values(rejections)) {
      expect(en).toMatch(/\.$/);
      expect(zh).toMatch(/。$/);
    }
  });

  it("never with a value of the file", () => {
    expect(rejectionOf(withUid("secret-patient"))?.message).not.toContain("secret");
  });

  it("but sequences as deep as the deepest real ones are read", () => {
    expect(rejectionOf(sample(nested(64)))).toBeUndefined();
  });
});

describe("a UID that may name an object", () => {
  it.each([
    "1.2.840.10008.5.1.4.1.1.2",
    "2.25.329800735698586629295641978511506172918",
    "1",
    "1.2.003",
    "a".repeat(64),
  ])("%s", (uid) => expect(isUid(uid)).toBe(true));
  it.each([
    "",
    ".",
    "1.",
    ".1",
    "1..2",
    "1.a",
    "1/2",
    "1.2\n",
    "１.2",
    "../1",
    "1".repeat(69),
    "A".repeat(64),
  ])("not %j", (uid) => expect(isUid(uid)).toBe(false));
});
