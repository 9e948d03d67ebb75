import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readHeader } from "../../../shared/dicom/read.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import { writePart10 } from "../../../shared/dicom/write.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { identity, pixels } from "./sample.ts";

const rich = writePart10(
  [
    ...identity,
    { tag: "00100010", vr: "PN", value: "Wang^XiaoMing=王^小明" },
    { tag: "00081110", vr: "SQ", value: [[{ tag: "00081150", vr: "UI", value: "1.2" }], []] },
    { tag: "00091001", vr: "UN", value: new Uint8Array(10) },
    { tag: "00280010", vr: "US", value: 2 },
    { tag: "00280030", vr: "DS", value: ["0.5", "0.5"] },
    pixels,
  ],
  { characterSet: "GB18030" },
);

/** Reads, and lets only the one error through that callers know. */
function survives(bytes: Uint8Array, totalSize = bytes.length): void {
  const started = performance.now();
  try {
    const answer = readHeader(bytes, { totalSize });
    if ("needBytes" in answer) {
      expect(answer.needBytes).toBeGreaterThan(bytes.length);
      expect(answer.needBytes).toBeLessThanOrEqual(totalSize);
    }
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
  }
  expect(performance.now() - started).toBeLessThan(5000);
}

describe("a broken or hostile file is refused, never a crash or a hang", () => {
  it("when cut at any byte", () => {
    for (let length = 0; length <= rich.length; length++) {
      survives(rich.subarray(0, length));
      survives(rich.subarray(0, length), rich.length);
    }
  });

  it("when any bytes are flipped", () => {
    const flips = fc.array(fc.tuple(fc.nat(rich.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = rich.slice();
        for (const [at, value] of changes) bytes[at] = value;
        survives(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it("when it is nothing but bytes, with or without a beginning that looks like DICOM", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(400), (bytes, kept) => {
        survives(bytes);
        survives(Uint8Array.from([...rich.subarray(0, kept), ...bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it("when values are long runs of spaces or NULs between other characters", () => {
    const runs = ["\0", " "].map((padding) => `a${padding.repeat(60_000)}b`);
    const values = Array.from({ length: 40 }, (_, index) => ({
      tag: `0009${(0x1000 + index).toString(16)}`,
      vr: index % 2 === 0 ? ("PN" as const) : ("UC" as const),
      value: runs[index % 4 < 2 ? 0 : 1] as string,
    }));
    survives(writePart10([...identity, ...values]));
  });

  it("when a value makes far more JSON than it has bytes", () => {
    const names = Array.from({ length: 400 }, (_, index) => ({
      tag: `0009${(0x1000 + index).toString(16)}`,
      vr: "PN" as const,
      value: "A\\".repeat(30_000),
    }));
    survives(writePart10([...identity, ...names]));
    const escapes = names.map((element) => ({ ...element, value: new Uint8Array(60_000).fill(0x1b) }));
    survives(writePart10([...identity, { tag: "00080005", vr: "CS", value: "ISO 2022 IR 87" }, ...escapes]));
  });
});

describeWithRealFiles("real files, broken", (files) => {
  it("are refused or read, whatever is cut or changed", () => {
    const small = files.filter((file) => file.size < 20_000).map((file) => file.bytes());
    const choice = fc.tuple(
      fc.nat(small.length - 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(255),
    );
    fc.assert(
      fc.property(choice, ([index, where, value]) => {
        const bytes = (small[index] as Uint8Array).slice();
        const at = Math.floor(where * Math.min(bytes.length - 1, 4000));
        survives(bytes.subarray(0, at));
        bytes[at] = value;
        survives(bytes);
      }),
      { numRuns: 1500 },
    );
  });
});
