import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { itemsOf, textOf } from "../../../shared/dicom/json-model.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { readAttributesAnyway } from "../../../shared/dicom/read-anyway.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import {
  bytesOf,
  datasetBytes,
  identity,
  implicitElement,
  part10,
  pixels,
  rejectionOf,
  sample,
  uint32,
} from "./sample.ts";

const explicitLittle = "1.2.840.10008.1.2.1";
const patient = [
  { tag: "00100010", vr: "PN", value: "Wang^Fang=王^芳" },
  { tag: "00100020", vr: "LO", value: "P-1" },
] as const;
const anyway = (bytes: Uint8Array, totalSize = bytes.length) => readAttributesAnyway(bytes, { totalSize });

describe("whoever inspects a refused file sees what can be read of it", () => {
  it("up to where it was cut, with the place and the attribute", () => {
    const whole = sample(patient);
    const cut = whole.subarray(0, whole.length - 3);
    const { dataset, fault, complete } = anyway(cut);
    expect(textOf(dataset, "00100020")).toBe("P-1");
    expect(dataset["00100010"]?.Value).toEqual([{ Alphabetic: "Wang^Fang", Ideographic: "王^芳" }]);
    expect(fault).toEqual({ code: "truncated", offset: cut.length - 5, attribute: "0020000E" });
    expect(complete).toBe(true);
  });

  it("with the items that were read of a sequence that breaks off", () => {
    const item = (uid: string) => bytesOf(0xfe, 0xff, 0, 0xe0, uint32(10), 8, 0, 0x50, 0x11, "UI", 2, 0, uid);
    const header = bytesOf(8, 0, 0x40, 0x11, "SQ", 0, 0, uint32(100));
    const dataset = bytesOf(
      datasetBytes(sample(patient)),
      header,
      item("1\0"),
      item("2\0"),
      new Uint8Array(64),
    );
    const read = anyway(part10(explicitLittle, dataset));
    expect(itemsOf(read.dataset, "00081140").map((each) => textOf(each, "00081150"))).toEqual(["1", "2"]);
    expect(read.fault).toMatchObject({ code: "damaged-structure" });
  });

  it("where a required UID is missing or none: all of it, and the byte where the UID stands", () => {
    const bytes = sample([...patient, { tag: "00080018", vr: "UI", value: "a/b" }]);
    const { dataset, fault } = anyway(bytes);
    expect(textOf(dataset, "00100020")).toBe("P-1");
    expect(fault).toMatchObject({ code: "invalid-uid", attribute: "00080018" });
    const at = fault?.offset ?? 0;
    expect([...bytes.subarray(at, at + 6)]).toEqual([...bytesOf(8, 0, 0x18, 0, "UI")]);
    const without = anyway(writePart10(identity.slice(1)));
    expect(without.fault).toMatchObject({ code: "missing-uid", attribute: "00080016" });
  });

  it("in the encoding it turned out to be in, where it is not the declared one", () => {
    const implicit = bytesOf(
      ...identity.map(({ tag, value }) =>
        implicitElement(tag, `${value}${String(value).length % 2 ? "\0" : ""}`),
      ),
      implicitElement("00100020", "P-1 "),
    );
    const read = anyway(part10(explicitLittle, implicit));
    expect(textOf(read.dataset, "00100020")).toBe("P-1");
    expect(read.fault).toMatchObject({ code: "wrong-encoding", attribute: "00020010" });
    const unknown = anyway(sample(patient, { transferSyntaxUid: "1.2.3" }));
    expect(textOf(unknown.dataset, "00100020")).toBe("P-1");
    expect(unknown.fault).toMatchObject({ code: "unknown-transfer-syntax", attribute: "00020010" });
  });

  it("of a deflated data set that is cut, damaged or a bomb", () => {
    const noise = Uint8Array.from(
      { length: 60_000 },
      (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 0xff,
    );
    const deflated = deflateRawSync(datasetBytes(sample([...patient, { ...pixels, value: noise }])));
    const damaged = deflated.slice();
    damaged.fill(0xff, damaged.length - 2000);
    for (const stream of [deflated.subarray(0, -900), damaged])
      expect(textOf(anyway(part10("1.2.840.10008.1.2.1.99", stream)).dataset, "00100020")).toBe("P-1");
    const bomb = deflateRawSync(
      Buffer.concat([datasetBytes(sample(patient)), Buffer.alloc(64 * 1024 * 1024)]),
    );
    const read = anyway(part10("1.2.840.10008.1.2.1.99", bomb));
    expect(textOf(read.dataset, "00100020")).toBe("P-1");
    expect(read.fault).toMatchObject({ code: "decompression-limit" });
  });

  it("and of what is no DICOM at all: nothing, and that it is none", () => {
    for (const bytes of [new Uint8Array(0), bytesOf(0xff, 0xd8, 0xff, new Uint8Array(500))])
      expect(anyway(bytes)).toMatchObject({ meta: {}, dataset: {}, fault: { offset: 0 }, complete: true });
  });

  it("and is told when more bytes of the file would show more", () => {
    const whole = sample(patient);
    const { dataset, fault, complete } = anyway(whole.subarray(0, whole.length - 3), whole.length);
    expect(textOf(dataset, "00100020")).toBe("P-1");
    expect([fault, complete]).toEqual([undefined, false]);
  });
});

describeWithRealFiles("real files that are refused", (files) => {
  it("all show their fault, and what readHeader shows where they are not refused", () => {
    for (const file of files) {
      const bytes = file.bytes();
      const read = anyway(bytes);
      const rejection = rejectionOf(bytes);
      expect(read.fault?.code).toBe(rejection?.code);
      if (rejection) continue;
      const header = readHeader(bytes, { totalSize: bytes.length });
      if (!("needBytes" in header)) expect(read.dataset).toEqual(header.dataset);
    }
  });

  it("show their patient where only a UID is missing", () => {
    const missing = files.filter((file) => file.path.includes("/bad/derived__missing-"));
    expect(missing.length).toBeGreaterThan(0);
    for (const file of missing) expect(textOf(anyway(file.bytes()).dataset, "00100020")).toBe(file.patientId);
  });
});
