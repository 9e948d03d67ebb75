import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import { encodeGreyJpeg } from "../../../shared/pixels/grey-jpeg/encode.ts";

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** As an independent decoder reads it. */
async function decoded(jpeg: Uint8Array) {
  const { data, info } = await sharp(jpeg, { failOn: "warning" })
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels };
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;

/** By libjpeg, at the same quality: what is lost is lost by both. */
async function byLibjpeg({ width, height, pixels }: Picture, quality: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .jpeg({ quality })
    .toBuffer();
}

const shapes: Record<string, (x: number, y: number) => number> = {
  "one value": () => 17,
  "a slope": (x, y) => x * 3 + y,
  "black and white in turn": (x, y) => ((x + y) % 2) * 255,
  "lines one pixel wide": (x) => (x % 2) * 255,
  "a disc on black": (x, y) => (Math.hypot(x - 30, y - 30) < 20 ? 230 : 0),
};

const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 70 }),
    shape: fc.constantFrom(...Object.values(shapes)),
    noise: fc.constantFrom(0, 4, 255),
    seed: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  })
  .map(({ width, height, shape, noise, seed }): Picture => {
    const value = (i: number): number => {
      const grain = ((seed[(i * 31) % 64] as number) * noise) / 255;
      return Math.min(255, Math.round(shape(i % width, Math.floor(i / width)) + grain));
    };
    return { width, height, pixels: Uint8Array.from({ length: width * height }, (_, i) => value(i)) };
  });

describe("a grey JPEG", () => {
  it("is what libjpeg makes of the same picture, for every size, shape and quality", async () => {
    await fc.assert(
      fc.asyncProperty(picture, fc.constantFrom(1, 30, 75, 90, 100), async (one, quality) => {
        const ours = await decoded(encodeGreyJpeg(one.pixels, one, quality));
        expect(ours).toMatchObject({ width: one.width, height: one.height, channels: 1 });
        const theirs = await decoded(await byLibjpeg(one, quality));
        const [lost, theyLose] = [ours, theirs].map(({ pixels }) => meanDifference(pixels, one.pixels));
        // Of a picture of few blocks most depends on what is made up beyond its edge.
        expect(lost).toBeLessThanOrEqual((theyLose as number) * 1.1 + 2);
      }),
      { numRuns: 150 },
    );
  });

  it("holds bytes of FF within its data only with the zero that tells them from markers", () => {
    const noise = Uint8Array.from({ length: 256 * 256 }, (_, i) => (i * i * 7919) % 256);
    const jpeg = encodeGreyJpeg(noise, { width: 256, height: 256 }, 100);
    const data = jpeg.subarray(scanStart(jpeg), jpeg.length - 2);
    const marked = data.filter((byte, i) => byte === 0xff && data[i + 1] !== 0);
    expect(data.filter((byte) => byte === 0xff).length).toBeGreaterThan(10);
    expect(marked.length).toBe(0);
    expect([...jpeg.subarray(-2)]).toEqual([0xff, 0xd9]);
  });

  it("is a picture of its own each time", () => {
    const size = { width: 16, height: 16 };
    const first = encodeGreyJpeg(new Uint8Array(256).fill(200), size, 75);
    const copy = Uint8Array.from(first);
    encodeGreyJpeg(new Uint8Array(256).fill(3), size, 75);
    expect(first).toEqual(copy);
  });
});

/** After the header of the one scan. */
function scanStart(jpeg: Uint8Array): number {
  for (let at = 2; ; ) {
    const length = ((jpeg[at + 2] as number) << 8) + (jpeg[at + 3] as number);
    if (jpeg[at + 1] === 0xda) return at + 2 + length;
    at += 2 + length;
  }
}
