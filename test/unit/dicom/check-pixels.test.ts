import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkPixels, type PixelSource } from "../../../shared/dicom/check-pixels.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import type { WriteElement } from "../../../shared/dicom/write.ts";
import { describeWithRealFiles } from "../../support/real-files.ts";
import { bytesOf, datasetBytes, headerOf, longElement, part10, rejectionOf, sample } from "./sample.ts";

const sourceOf = (bytes: Uint8Array): PixelSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
  stream: async (offset) => pieces(bytes.subarray(offset)),
});

/** Uneven, so that headers fall across them. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 4093)
    yield bytes.subarray(at, at + size);
}

/** What the whole of a file is refused for, header and pixels; undefined where it is taken. */
async function refusalOf(bytes: Uint8Array): Promise<DicomRejected | undefined> {
  try {
    const header = readHeader(bytes, { totalSize: bytes.length });
    if ("needBytes" in header) throw new Error("a whole file needs no more bytes");
    await checkPixels(header, sourceOf(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof DicomRejected) return error;
    throw error;
  }
}

const image = (frames = 1): readonly WriteElement[] => [
  { tag: "00280002", vr: "US", value: 1 },
  { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
  { tag: "00280008", vr: "IS", value: String(frames) },
  { tag: "00280010", vr: "US", value: 20 },
  { tag: "00280011", vr: "US", value: 20 },
  { tag: "00280100", vr: "US", value: 16 },
  { tag: "00280101", vr: "US", value: 16 },
  { tag: "00280102", vr: "US", value: 15 },
  { tag: "00280103", vr: "US", value: 0 },
];
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 0xff);
const native = (length: number, frames = 1): Uint8Array =>
  sample([...image(frames), { tag: "7FE00010", vr: "OW", value: noise(length) }]);
const jpeg = "1.2.840.10008.1.2.4.50";
const encapsulated = (fragments: readonly Uint8Array[], after: Uint8Array = new Uint8Array(0)): Uint8Array =>
  bytesOf(
    sample(
      [...image(), { tag: "7FE00010", vr: "OB", value: { fragments: [new Uint8Array(0), ...fragments] } }],
      {
        transferSyntaxUid: jpeg,
      },
    ),
    after,
  );

describe("an image whose pixels are not all there is refused", () => {
  it("when it was cut anywhere inside them, native, compressed and deflated", async () => {
    const deflated = part10("1.2.840.10008.1.2.1.99", deflateRawSync(datasetBytes(native(800))));
    for (const whole of [native(800), encapsulated([noise(90), noise(70)]), deflated]) {
      expect(await refusalOf(whole)).toBeUndefined();
      const start = headerOf(whole).inflated
        ? headerOf(whole).datasetOffset
        : headerOf(whole).pixelData?.offset;
      for (let length = (start ?? 0) + 1; length < whole.length; length += 3) {
        const refusal = await refusalOf(whole.subarray(0, length));
        expect(refusal?.code).toBe("truncated");
        expect(refusal?.offset).toBeLessThanOrEqual(length);
      }
    }
  });

  it("when a file of more than a tail's length was cut, also inside what follows its pixels", async () => {
    const padding = longElement("FFFCFFFC", "OB", 126, new Uint8Array(126));
    const whole = encapsulated([noise(100_000), noise(50_000)], padding);
    expect(await refusalOf(whole)).toBeUndefined();
    expect((await refusalOf(whole.subarray(0, 120_000)))?.code).toBe("truncated");
    expect((await refusalOf(whole.subarray(0, -padding.length - 1)))?.code).toBe("truncated");
    // The pixels are all there; only padding is cut.
    expect(await refusalOf(whole.subarray(0, -10))).toBeUndefined();
  });

  it("when they are fewer than rows, columns, bits and frames make", async () => {
    expect(await refusalOf(native(800))).toBeUndefined();
    expect(await refusalOf(native(802))).toBeUndefined();
    expect(await refusalOf(native(798))).toMatchObject({ code: "damaged-pixel-data", attribute: "7FE00010" });
    expect(await refusalOf(native(800, 2))).toMatchObject({ code: "damaged-pixel-data" });
    expect(await refusalOf(native(1600, 2))).toBeUndefined();
  });

  it("when a compressed image has no fragments, is not in fragments, or something else stands between them", async () => {
    expect((await refusalOf(encapsulated([])))?.code).toBe("damaged-pixel-data");
    const unwrapped = sample([...image(), { tag: "7FE00010", vr: "OB", value: noise(800) }], {
      transferSyntaxUid: jpeg,
    });
    expect((await refusalOf(unwrapped))?.code).toBe("damaged-pixel-data");
    const whole = encapsulated([noise(90), noise(70)]);
    const second = whole.length - 8 - 70 - 8;
    const broken = whole.slice();
    broken[second] = 0;
    expect(await refusalOf(broken)).toMatchObject({ code: "damaged-pixel-data", offset: second });
  });

  it("when it was cut between two elements that describe them", async () => {
    const whole = sample([
      ...image(),
      { tag: "00281050", vr: "DS", value: "40" },
      { tag: "7FE00010", vr: "OW", value: noise(800) },
    ]);
    const at = (tag: readonly number[]) => Buffer.from(whole).indexOf(Uint8Array.from(tag));
    const [begins, described, pixels] = [
      at([0x28, 0, 2, 0]),
      at([0x28, 0, 0x50, 0x10]),
      at([0xe0, 0x7f, 0x10, 0]),
    ];
    const cuts: (readonly [number, string | undefined])[] = [];
    for (let length = begins + 1; length <= pixels; length++)
      cuts.push([length, (await refusalOf(whole.subarray(0, length)))?.code]);
    const taken = cuts.flatMap(([length, code]) => (code === undefined ? [length] : []));
    // Behind the last of them nothing tells it from an object that was made without pixels.
    expect(taken).toEqual([described, pixels]);
    expect(new Set(cuts.map(([, code]) => code))).toEqual(new Set(["truncated", undefined]));
    const between = at([0x28, 0, 0x10, 0]);
    expect(await refusalOf(whole.subarray(0, between))).toMatchObject({ code: "truncated", offset: between });
  });

  it("but not one whose pixels lie elsewhere, or which has rows and columns of something else", async () => {
    const url = { tag: "00287FE0", vr: "UR", value: "https://localhost/1" } as const;
    const [samples, ...others] = image();
    expect(await refusalOf(sample([...image(), url]))).toBeUndefined();
    expect(await refusalOf(sample(others))).toBeUndefined();
    expect(samples?.tag).toBe("00280002");
  });

  it("but an object without pixels, or with more after them, is taken", async () => {
    expect(await refusalOf(sample(image()))).toBeUndefined();
    expect(await refusalOf(bytesOf(native(800), "trailing garbage"))).toBeUndefined();
  });

  it("and a deflated one that becomes more than any image is not inflated to its end", async () => {
    const bomb = deflateRawSync(
      Buffer.concat([
        datasetBytes(sample(image())),
        longElement("7FE00010", "OB", 80 * 1024 * 1024, new Uint8Array(0)),
        Buffer.alloc(80 * 1024 * 1024),
      ]),
    );
    const bytes = part10("1.2.840.10008.1.2.1.99", bomb);
    const header = readHeader(bytes.subarray(0, 2000), { totalSize: bytes.length });
    if ("needBytes" in header) throw new Error("the header is in the first bytes");
    await expect(checkPixels(header, sourceOf(bytes))).rejects.toMatchObject({ code: "decompression-limit" });
  });
});

describeWithRealFiles("real images, cut at any byte", (files) => {
  it("are refused; what is taken has all its pixels, or was cut between two elements before them", async () => {
    const images = files.filter(
      (file) => file.expected === "index+thumbnail" && file.size < 600_000 && !rejectionOf(file.bytes()),
    );
    const cut = fc.record({
      file: fc.nat(images.length - 1),
      where: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ file, where }) => {
        const bytes = images[file]?.bytes() as Uint8Array;
        const length = Math.floor(where * (bytes.length - 1));
        const refusal = await refusalOf(bytes.subarray(0, length));
        if (refusal)
          expect(refusal.offset).toBeLessThanOrEqual(Math.max(length, headerOf(bytes).inflated?.length ?? 0));
        else {
          const { pixelData, inflated } = headerOf(bytes.subarray(0, length));
          if (!pixelData) return;
          // What may be missing follows the delimiter, or a deflated stream's own end.
          if (pixelData.encapsulated || inflated) expect(bytes.length - length).toBeLessThan(2000);
          else expect(length).toBeGreaterThanOrEqual(pixelData.offset + (pixelData.length ?? 0));
        }
      }),
      { numRuns: 1500 },
    );
  });
});
