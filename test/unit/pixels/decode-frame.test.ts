import { describe, expect, it } from "@jest/globals";
import { decodeFrame } from "../../../shared/pixels/decode-frame.ts";
import {
  nativeFrameLocation,
  type PixelElement,
  readImagePixel,
} from "../../../shared/pixels/image-pixel.ts";
import { storedValues } from "../../../shared/pixels/stored-values.ts";
import {
  bytes16,
  explicitBigEndian,
  explicitLittleEndian,
  type ImageOptions,
  imageObject,
  pixelData,
  rleFrame,
  rleLossless,
} from "./objects.ts";

function described(options: ImageOptions, element: PixelElement = pixelData) {
  const image = readImagePixel(imageObject(options), element);
  if ("unavailable" in image) throw new Error(image.unavailable);
  return image;
}

async function valuesOf(
  syntax: string,
  options: ImageOptions,
  bytes: Uint8Array,
  bitOffset = 0,
  element: PixelElement = pixelData,
) {
  const decoded = await decodeFrame(syntax, described(options, element), bytes, { bitOffset });
  return "bytes" in decoded ? [...storedValues(decoded.image, decoded.bytes)] : decoded;
}

const twoByTwo = { rows: 2, columns: 2 } as const;

describe("stored values", () => {
  it("a 12-bit signed image keeps its sign and loses the overlay bits above it", async () => {
    const options = { ...twoByTwo, stored: 12, signed: true };
    expect(await valuesOf(explicitLittleEndian, options, bytes16([0x0fff, 0x1001, 0x0800, 0x07ff]))).toEqual([
      -1, 1, -2048, 2047,
    ]);
  });

  it("a 12-bit image kept in the high bits is moved down", async () => {
    const options = { ...twoByTwo, stored: 12, high: 15 };
    expect(await valuesOf(explicitLittleEndian, options, bytes16([0x0010, 0x0020, 0xfff0, 0x000f]))).toEqual([
      1, 2, 4095, 0,
    ]);
  });

  it("32-bit unsigned values above 2^31 stay positive", async () => {
    const values = [0, 1, 2 ** 31, 2 ** 32 - 1];
    const bytes = new Uint8Array(Uint32Array.from(values).buffer);
    expect(await valuesOf(explicitLittleEndian, { ...twoByTwo, allocated: 32 }, bytes)).toEqual(values);
  });

  it("a frame at an odd place in its file is read", async () => {
    const inFile = Uint8Array.from([0, ...bytes16([1, 2, 3, -4])]).subarray(1);
    expect(await valuesOf(explicitLittleEndian, { ...twoByTwo, signed: true }, inFile)).toEqual([
      1, 2, 3, -4,
    ]);
  });

  it("big endian values are turned around", async () => {
    const bytes = Uint8Array.from([0, 1, 0, 2, 1, 0, 0xff, 0xff]);
    expect(await valuesOf(explicitBigEndian, twoByTwo, bytes)).toEqual([1, 2, 256, 65535]);
  });

  it("big endian bytes kept as OW words come in pairs, those kept as OB do not", async () => {
    const bytes = Uint8Array.from([2, 1, 4, 3]);
    const options = { ...twoByTwo, allocated: 8 };
    expect(await valuesOf(explicitBigEndian, options, bytes)).toEqual([1, 2, 3, 4]);
    const ob = { ...pixelData, vr: "OB" };
    expect(await valuesOf(explicitBigEndian, options, bytes, 0, ob)).toEqual([2, 1, 4, 3]);
  });

  it("colour by plane becomes colour by pixel", async () => {
    const options = { rows: 1, columns: 2, allocated: 8, samples: 3, planar: 1 };
    const bytes = Uint8Array.from([1, 2, 10, 20, 100, 200]);
    expect(await valuesOf(explicitLittleEndian, options, bytes)).toEqual([1, 10, 100, 2, 20, 200]);
  });

  it("packed 4:2:2 is spread over both pixels", async () => {
    const options = { rows: 1, columns: 2, allocated: 8, samples: 3, photometric: "YBR_FULL_422" };
    expect(await valuesOf(explicitLittleEndian, options, Uint8Array.from([1, 2, 30, 40]))).toEqual([
      1, 30, 40, 2, 30, 40,
    ]);
  });

  it("floating point values come as they are", async () => {
    const float = { tag: "7FE00008", vr: "OF" } as const;
    const bytes = new Uint8Array(Float32Array.from([0.5, -1, 2, 3]).buffer);
    expect(await valuesOf(explicitLittleEndian, twoByTwo, bytes, 0, float)).toEqual([0.5, -1, 2, 3]);
    const double = { tag: "7FE00009", vr: "OD" } as const;
    const wide = new Uint8Array(Float64Array.from([0.1, -1, 2, 3]).buffer);
    expect(await valuesOf(explicitLittleEndian, twoByTwo, wide, 0, double)).toEqual([0.1, -1, 2, 3]);
  });

  it("frames of single bits that do not end on a byte are found and aligned", async () => {
    const options = { rows: 3, columns: 3, allocated: 1, frames: 3 };
    const image = described(options);
    const bits = [1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1];
    const stored = new Uint8Array(4);
    bits.forEach((bit, i) => {
      stored[i >> 3] = (stored[i >> 3] as number) | (bit << (i & 7));
    });
    for (const index of [0, 1, 2]) {
      const location = nativeFrameLocation(image, index, stored.length);
      if ("unavailable" in location) throw new Error(location.unavailable);
      const bytes = stored.subarray(location.offset, location.offset + location.length);
      expect(await valuesOf(explicitLittleEndian, options, bytes, location.bitOffset)).toEqual(
        bits.slice(index * 9, index * 9 + 9),
      );
    }
  });
});

describe("RLE Lossless", () => {
  const options = { ...twoByTwo, signed: true };

  it("byte planes are put together, most significant first", async () => {
    const frame = rleFrame([Uint8Array.from([0, 1, 0xff, 0]), Uint8Array.from([5, 0, 0xfe, 7])]);
    expect(await valuesOf(rleLossless, options, frame)).toEqual([5, 256, -2, 7]);
  });

  it("a repeated run is unpacked and a no-op is skipped", async () => {
    const frame = rleFrame([Uint8Array.from([9, 9, 9, 9])]);
    const repeated = Uint8Array.from([...frame.subarray(0, 64), 0x80, 253, 9]);
    expect(await valuesOf(rleLossless, { ...twoByTwo, allocated: 8 }, repeated)).toEqual([9, 9, 9, 9]);
  });

  it("colour planes become colour by pixel, and keep the layout their metadata declares", async () => {
    const frame = rleFrame([Uint8Array.from([1, 2]), Uint8Array.from([10, 20]), Uint8Array.from([100, 200])]);
    const colour = { rows: 1, columns: 2, allocated: 8, samples: 3, planar: 1 };
    expect(await valuesOf(rleLossless, colour, frame)).toEqual([1, 10, 100, 2, 20, 200]);
  });

  it.each([
    ["an empty frame", new Uint8Array(0), "pixel-data-too-short"],
    ["a header cut short", new Uint8Array(63), "corrupt-stream"],
    ["too few planes", rleFrame([Uint8Array.from([1, 2, 3, 4])]), "corrupt-stream"],
    [
      "a plane that ends early",
      rleFrame([Uint8Array.from([1, 2, 3, 4]), Uint8Array.from([1])]),
      "corrupt-stream",
    ],
    ["offsets beyond the data", new Uint8Array(64).fill(0xff).fill(2, 0, 1).fill(0, 1, 4), "corrupt-stream"],
  ])("%s is refused", async (_, frame, reason) => {
    expect(await valuesOf(rleLossless, options, frame)).toEqual({ unavailable: reason });
  });

  it("a few bytes that claim a picture of a hundred megabytes allocate nothing", async () => {
    const huge = { rows: 11000, columns: 11000, allocated: 8 };
    expect(await valuesOf(rleLossless, huge, rleFrame([Uint8Array.from([1])]))).toEqual({
      unavailable: "pixel-data-too-short",
    });
  });
});

describe("syntaxes without a decoder yet", () => {
  it("name themselves", async () => {
    const answer = await decodeFrame("1.2.840.10008.1.2.4.110", described({}), Uint8Array.of(1));
    expect(answer).toEqual({ pending: "1.2.840.10008.1.2.4.110" });
  });
});

describe("hostile headers", () => {
  const huge = { vr: "US", Value: [65535] };
  it.each([
    ["zero rows", { rows: 0 }, {}, "rows-or-columns"],
    ["missing rows", {}, { "00280010": undefined }, "rows-or-columns"],
    ["rows that are text", {}, { "00280010": { vr: "US", Value: ["x"] } }, "rows-or-columns"],
    ["65535 x 65535", {}, { "00280010": huge, "00280011": huge }, "frame-too-large"],
    ["two and a half frames", { frames: 2.5 }, {}, "number-of-frames"],
    ["frames that are text", { frames: "many" }, {}, "number-of-frames"],
    ["12 bits allocated", {}, { "00280100": { vr: "US", Value: [12] } }, "bits-allocated"],
    ["no bits allocated", {}, { "00280100": { vr: "US", Value: [0] } }, "bits-allocated"],
    ["more bits stored than allocated", { stored: 20 }, {}, "bits-stored"],
    ["2 samples", { samples: 2, photometric: "MONOCHROME2" }, {}, "samples-per-pixel"],
    ["an unknown photometric interpretation", { photometric: "FOOBAR" }, {}, "photometric-interpretation"],
    ["16-bit 4:2:2", { samples: 3, photometric: "YBR_FULL_422" }, {}, "bits-allocated"],
  ] as const)("%s: the reason is named", (_, options, more, reason) => {
    expect(readImagePixel(imageObject(options, more), pixelData)).toEqual({ unavailable: reason });
  });

  it.each([0, -1])("a count of %i frames is that of a single image", (frames) => {
    expect(readImagePixel(imageObject({ frames }), pixelData)).toMatchObject({ frames: 1 });
  });

  it("two thousand million frames in a small file are not looked for", () => {
    const image = described({ frames: 2147483647 });
    expect(nativeFrameLocation(image, 1073741823, 32)).toEqual({ unavailable: "pixel-data-too-short" });
  });

  it("one missing byte is noticed", () => {
    expect(nativeFrameLocation(described({}), 0, 31)).toEqual({ unavailable: "pixel-data-too-short" });
  });
});
