import { describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import type { Dataset } from "../../../shared/pixels/attributes.ts";
import { averageFrame, boxAverage, reducedSize } from "../../../shared/pixels/box-average.ts";
import { readImagePixel, representativeFrame } from "../../../shared/pixels/image-pixel.ts";
import { storedValues } from "../../../shared/pixels/stored-values.ts";
import { renderThumbnail } from "../../../shared/pixels/thumbnail.ts";
import {
  bytes16,
  explicitLittleEndian,
  type ImageOptions,
  imageObject,
  jpegBaseline,
  pixelData,
} from "./objects.ts";

async function thumbnailOf(
  options: ImageOptions,
  frame: Uint8Array,
  more: Dataset = {},
  syntax = explicitLittleEndian,
) {
  return renderThumbnail({
    dataset: imageObject(options, more),
    element: pixelData,
    transferSyntaxUid: syntax,
    frame,
    index: 0,
  });
}

async function pixelsOf(options: ImageOptions, frame: Uint8Array, more: Dataset = {}, syntax?: string) {
  const thumbnail = await thumbnailOf(options, frame, more, syntax);
  if (!("jpeg" in thumbnail)) throw new Error(JSON.stringify(thumbnail));
  const { space } = await sharp(thumbnail.jpeg).metadata();
  const { data, info } = await sharp(thumbnail.jpeg)
    .toColourspace(space)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels),
    ],
  };
}

const near = (colour: readonly number[]) => colour.map((value) => expect.closeTo(value, -1.2));
const square = { rows: 16, columns: 16 } as const;

describe("a thumbnail", () => {
  it("is at most 256 pixels on its long side and never larger than the image", () => {
    expect(reducedSize({ width: 512, height: 384 }, 1, 256)).toEqual({ width: 256, height: 192 });
    expect(reducedSize({ width: 64, height: 32 }, 1, 256)).toEqual({ width: 64, height: 32 });
    expect(reducedSize({ width: 65535, height: 1 }, 1, 256)).toEqual({ width: 256, height: 1 });
  });

  it("keeps true proportions where pixels are not square", () => {
    expect(reducedSize({ width: 512, height: 256 }, 2, 256)).toEqual({ width: 256, height: 256 });
    expect(reducedSize({ width: 100, height: 100 }, 2, 256)).toEqual({ width: 50, height: 100 });
    expect(reducedSize({ width: 100, height: 100 }, 0.5, 256)).toEqual({ width: 100, height: 50 });
  });

  it("reads the proportions from pixel spacing, and ignores impossible ones", async () => {
    const frame = bytes16(new Array(256).fill(5));
    expect(await thumbnailOf(square, frame, { "00280030": { vr: "DS", Value: [1, 2] } })).toMatchObject({
      width: 16,
      height: 8,
    });
    expect(await thumbnailOf(square, frame, { "00280034": { vr: "IS", Value: [1, 0] } })).toMatchObject({
      width: 16,
      height: 16,
    });
  });

  it("of a grey image shows the window", async () => {
    const values = Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? -1000 : 1000));
    const window = { "00281050": { vr: "DS", Value: [40] }, "00281051": { vr: "DS", Value: [80] } };
    const { at, channels } = await pixelsOf({ ...square, signed: true }, bytes16(values), window);
    expect([channels, at(2, 2), at(13, 2)]).toEqual([1, near([0]), near([255])]);
  });

  it.each([
    ["signed 16 bits", 10, { signed: true }],
    ["unsigned 12 bits under an overlay", 10, { stored: 12 }],
    ["signed 12 bits kept in the high bits", 10, { stored: 12, high: 15, signed: true }],
    ["a picture much wider than its thumbnail", 82, { signed: true }],
    ["one of an odd number of columns", 83, { signed: true }],
  ])("averages %s as it averages them one by one", (_, columns, options) => {
    const image = readImagePixel(imageObject({ rows: 7, columns, ...options }), pixelData);
    if ("unavailable" in image) throw new Error(image.unavailable);
    const bytes = bytes16(Array.from({ length: 7 * columns }, (_, i) => (i * 7919) & 0xffff));
    const [from, to] = [
      { width: columns, height: 7 },
      { width: 3, height: 2 },
    ];
    const oneByOne = boxAverage(storedValues(image, bytes), from, to, 1);
    expect(averageFrame(image, bytes, to)).toEqual(oneByOne);
    const inFile = Uint8Array.from([0, ...bytes]).subarray(1);
    expect(averageFrame(image, inFile, to)).toEqual(oneByOne);
  });

  it.each([
    ["lines one row wide", (row: number) => row % 2],
    ["lines two rows wide", (row: number) => (row >> 1) % 2],
    ["a slope", (row: number) => row / 64],
  ])("averages half the rows of a picture much higher than its thumbnail, and %s as they are", (_, shade) => {
    const [columns, rows] = [64, 64];
    const image = readImagePixel(imageObject({ rows, columns, stored: 12 }), pixelData);
    if ("unavailable" in image) throw new Error(image.unavailable);
    const bytes = bytes16(
      Array.from({ length: rows * columns }, (_, i) => Math.round(4000 * shade(Math.floor(i / columns)))),
    );
    const [from, to] = [
      { width: columns, height: rows },
      { width: 4, height: 4 },
    ];
    const whole = boxAverage(storedValues(image, bytes), from, to, 1);
    const half = averageFrame(image, bytes, to);
    for (const [at, value] of half.entries()) expect(Math.abs(value - (whole[at] as number))).toBeLessThan(1);
  });

  it("of a YBR image shows its colours", async () => {
    const options = { ...square, allocated: 8, samples: 3, photometric: "YBR_FULL" };
    const red = Uint8Array.from({ length: 768 }, (_, i) => [76, 85, 255][i % 3] as number);
    expect((await pixelsOf(options, red)).at(8, 8)).toEqual(near([255, 0, 0]));
  });

  it("of a 16-bit colour image is scaled to what a screen shows", async () => {
    const orange = bytes16(Array.from({ length: 768 }, (_, i) => [65535, 32768, 0][i % 3] as number));
    expect((await pixelsOf({ ...square, samples: 3 }, orange)).at(8, 8)).toEqual(near([255, 128, 0]));
  });

  it("of a palette image averages colours, not indices", async () => {
    const channel = (...values: number[]) => ({
      vr: "OW",
      InlineBinary: Buffer.from(bytes16(values)).toString("base64"),
    });
    const descriptor = { vr: "US", Value: [3, 0, 16] };
    const palette = {
      "00281101": descriptor,
      "00281102": descriptor,
      "00281103": descriptor,
      "00281201": channel(65535, 0, 0),
      "00281202": channel(0, 65535, 0),
      "00281203": channel(0, 0, 65535),
    };
    const options = { ...square, allocated: 8, photometric: "PALETTE COLOR" };
    const frame = Uint8Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 0 : 2));
    const { at } = await pixelsOf(options, frame, palette);
    expect([at(3, 8), at(12, 8)]).toEqual([near([255, 0, 0]), near([0, 0, 255])]);
    expect(await thumbnailOf(options, frame)).toEqual({ unavailable: "palette" });
  });

  it("of a palette in segments follows them", async () => {
    const ramp = {
      vr: "OW",
      InlineBinary: Buffer.from(bytes16([0, 1, 0, 1, 255, 0xff00])).toString("base64"),
    };
    const descriptor = { vr: "US", Value: [256, 0, 16] };
    const palette = Object.fromEntries(
      ["1", "2", "3"].flatMap((n) => [
        [`0028110${n}`, descriptor],
        [`0028122${n}`, ramp],
      ]),
    );
    const options = { ...square, allocated: 8, photometric: "PALETTE COLOR" };
    const { at } = await pixelsOf(options, new Uint8Array(256).fill(100), palette);
    expect(at(8, 8)).toEqual(near([100, 100, 100]));
  });

  it("of a JPEG is decoded, and a stream of another size is refused", async () => {
    const raw = { width: 16, height: 16, channels: 3 } as const;
    const jpeg = await sharp(Buffer.alloc(768, 120), { raw }).jpeg().toBuffer();
    const options = { ...square, allocated: 8, samples: 3, photometric: "YBR_FULL_422" };
    expect((await pixelsOf(options, jpeg, {}, jpegBaseline)).at(3, 3)).toEqual(near([120, 120, 120]));
    expect(await thumbnailOf({ ...options, rows: 32 }, jpeg, {}, jpegBaseline)).toEqual({
      unavailable: "stream-size",
    });
    expect(await thumbnailOf({ ...options, rows: 8 }, jpeg, {}, jpegBaseline)).toEqual({
      unavailable: "corrupt-stream",
    });
    expect(await thumbnailOf(options, jpeg.subarray(0, 100), {}, jpegBaseline)).toEqual({
      unavailable: "corrupt-stream",
    });
  });

  it("of a multi-frame object is of the middle frame", () => {
    expect([1, 2, 3, 96].map(representativeFrame)).toEqual([0, 1, 1, 48]);
  });
});
