import { describe, expect, it } from "@jest/globals";
import {
  encapsulatedFrame,
  frameCount,
  nativeFrame,
  type RangeReader,
} from "../../../shared/dicom/frames.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import type { WriteElement } from "../../../shared/dicom/write.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { bytesOf, headerOf, rejectionOf, sample, uint32 } from "./sample.ts";

const image = (rows: number, columns: number, bits: number, frames: number): readonly WriteElement[] => [
  { tag: "00280002", vr: "US", value: 1 },
  { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
  { tag: "00280008", vr: "IS", value: String(frames) },
  { tag: "00280010", vr: "US", value: rows },
  { tag: "00280011", vr: "US", value: columns },
  { tag: "00280100", vr: "US", value: bits },
];
const native = (elements: readonly WriteElement[], length: number) =>
  headerOf(sample([...elements, { tag: "7FE00010", vr: "OW", value: new Uint8Array(length) }]));

const jpeg = (fill: number, length = 20): Uint8Array =>
  bytesOf(0xff, 0xd8, 0xff, new Uint8Array(length - 3).fill(fill));
const rest = (fill: number): Uint8Array => new Uint8Array(12).fill(fill);

function compressed(
  fragments: readonly Uint8Array[],
  frames: number,
  more: readonly WriteElement[] = [],
  uid = "4.50",
) {
  const bytes = sample(
    [...image(2, 2, 8, frames), ...more, { tag: "7FE00010", vr: "OB", value: { fragments } }],
    { transferSyntaxUid: `1.2.840.10008.1.2.${uid}` },
  );
  const reads: number[] = [];
  const read: RangeReader = async (offset, length) => {
    reads.push(length);
    return bytes.subarray(offset, offset + length);
  };
  const frame = async (number: number): Promise<number[][]> =>
    (await encapsulatedFrame(headerOf(bytes), number, read)).map(({ offset, length }) => [
      bytes[offset + length - 1] as number,
      length,
    ]);
  return { frame, reads };
}
const none = new Uint8Array(0);

describe("a viewer asks for one frame of uncompressed pixels", () => {
  it("by its number, from 1", () => {
    const header = native(image(4, 5, 16, 3), 120);
    const start = header.pixelData?.offset ?? 0;
    expect(nativeFrame(header, 1)).toEqual({ offset: start, length: 40, bitOffset: 0 });
    expect(nativeFrame(header, 3)).toEqual({ offset: start + 80, length: 40, bitOffset: 0 });
    expect(frameCount(header)).toBe(3);
  });

  it("of single bits, which start inside a byte", () => {
    const header = native(image(3, 3, 1, 2), 4);
    const start = header.pixelData?.offset ?? 0;
    expect(nativeFrame(header, 2)).toEqual({ offset: start + 1, length: 2, bitOffset: 1 });
  });

  it("of subsampled colour, which has two samples a pixel", () => {
    const colour = image(4, 4, 8, 1).map((element) => {
      if (element.tag === "00280002") return { ...element, value: 3 };
      return element.tag === "00280004" ? { ...element, value: "YBR_FULL_422" } : element;
    });
    expect(nativeFrame(native(colour, 32), 1).length).toBe(32);
  });

  it("and is told when there is no such frame, or not all of it", () => {
    const header = native(image(4, 5, 16, 3), 119);
    for (const number of [0, 4, 1.5]) expect(() => nativeFrame(header, number)).toThrow("no-such-frame");
    expect(() => nativeFrame(native(image(4, 5, 16, 3), 100), 3)).toThrow("damaged-pixel-data");
    expect(() => nativeFrame(native(image(0, 5, 16, 1), 100), 1)).toThrow("damaged-pixel-data");
    expect(() => nativeFrame(headerOf(sample()), 1)).toThrow("no-pixel-data");
    expect(frameCount(native(image(4, 5, 16, -2), 40))).toBe(1);
  });
});

describe("a viewer asks for one frame of compressed pixels", () => {
  it("by the Basic Offset Table", async () => {
    const table = bytesOf(uint32(0), uint32(48), uint32(76));
    const { frame } = compressed([table, jpeg(1), rest(1), jpeg(2), jpeg(3), rest(3)], 3);
    expect(await frame(1)).toEqual([
      [1, 20],
      [1, 12],
    ]);
    expect(await frame(2)).toEqual([[2, 20]]);
    expect(await frame(3)).toEqual([
      [3, 20],
      [3, 12],
    ]);
  });

  it("without a table, by where images start", async () => {
    const { frame } = compressed([none, jpeg(1), rest(1), jpeg(2), rest(2), rest(2)], 2);
    expect(await frame(1)).toHaveLength(2);
    expect(await frame(2)).toEqual([
      [2, 20],
      [2, 12],
      [2, 12],
    ]);
  });

  it("despite a table that points anywhere", async () => {
    for (const wrong of [
      bytesOf(uint32(0), uint32(9999)),
      bytesOf(uint32(7), uint32(28)),
      bytesOf(uint32(0)),
    ]) {
      const { frame } = compressed([wrong, jpeg(1), jpeg(2)], 2);
      expect(await frame(2)).toEqual([[2, 20]]);
    }
  });

  it("by the Extended Offset Table, reading no other frame", async () => {
    const offsets = new Uint8Array(new BigUint64Array([0n, 100_008n, 200_016n]).buffer);
    const table: WriteElement = { tag: "7FE00001", vr: "OV", value: offsets };
    const { frame, reads } = compressed([none, jpeg(1, 100_000), jpeg(2, 100_000), jpeg(3, 100_000)], 3, [
      table,
    ]);
    expect(await frame(3)).toEqual([[3, 100_000]]);
    expect(reads).toHaveLength(2);
  });

  it("of RLE, where every fragment is a frame, and of a single image in many fragments", async () => {
    const rle = compressed([none, rest(1), rest(2), rest(3)], 3, [], "5");
    expect(await rle.frame(2)).toEqual([[2, 12]]);
    const single = compressed([none, jpeg(1), jpeg(1), rest(1)], 1);
    expect(await single.frame(1)).toHaveLength(3);
  });

  it("and is told when it is not there", async () => {
    await expect(compressed([none, jpeg(1)], 3).frame(2)).rejects.toThrow("damaged-pixel-data");
    await expect(compressed([none], 1).frame(1)).rejects.toThrow("damaged-pixel-data");
    await expect(compressed([none, jpeg(1)], 1).frame(2)).rejects.toThrow("no-such-frame");
    await expect(encapsulatedFrame(native(image(1, 1, 8, 1), 2), 1, async () => none)).rejects.toThrow(
      DicomRejected,
    );
  });
});

describeWithRealFiles("frames of real files", (files) => {
  it("lie inside the file, and together hold every fragment once", async () => {
    for (const file of files) {
      const bytes = file.bytes();
      if (file.path.includes("/bad/") || rejectionOf(bytes)) continue;
      const header = headerOf(bytes);
      if (!header.pixelData?.encapsulated || frameCount(header) > 100) continue;
      const seen = new Set<number>();
      for (let number = 1; number <= frameCount(header); number++) {
        const read: RangeReader = async (offset, length) => bytes.subarray(offset, offset + length);
        for (const { offset, length } of await encapsulatedFrame(header, number, read)) {
          expect(seen.has(offset)).toBe(false);
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
          seen.add(offset);
        }
      }
      expect(seen.size).toBeGreaterThanOrEqual(frameCount(header));
    }
  });
});
