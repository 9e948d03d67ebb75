import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import { decodeFrame } from "../../../shared/pixels/decode-frame.ts";
import { readImagePixel } from "../../../shared/pixels/image-pixel.ts";
import { storedValues } from "../../../shared/pixels/stored-values.ts";
import { renderThumbnail } from "../../../shared/pixels/thumbnail.ts";
import { type EncodedSyntax, encodedSyntaxes, encoders, grey16 } from "./encoded.ts";
import { type ImageOptions, imageObject, pixelData } from "./objects.ts";

const picture = grey16(96, 64);
const declared = { rows: 64, columns: 96 };
const frames = new Map<EncodedSyntax, Uint8Array>();

function described(options: ImageOptions) {
  const image = readImagePixel(imageObject(options), pixelData);
  if ("unavailable" in image) throw new Error(image.unavailable);
  return image;
}
const decode = (syntax: string, frame: Uint8Array, options: ImageOptions = declared) =>
  decodeFrame(syntax, described(options), frame);

async function expectWhole(syntax: EncodedSyntax): Promise<void> {
  const decoded = await decode(syntax, frames.get(syntax) as Uint8Array);
  if (!("bytes" in decoded)) throw new Error(JSON.stringify(decoded));
  expect(storedValues(decoded.image, decoded.bytes)).toEqual(picture.values);
}

/** With `bytes` written at `at`. */
function patched(frame: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = new Uint8Array(frame);
  copy.set(bytes, at);
  return copy;
}

beforeAll(async () => {
  for (const syntax of encodedSyntaxes) frames.set(syntax, await encoders[syntax](picture));
});

describe.each(encodedSyntaxes)("a frame of %s", (syntax) => {
  const frame = () => frames.get(syntax) as Uint8Array;

  it("comes back bit for bit", () => expectWhole(syntax));

  it("of another size than its object declares is refused before it is decoded", async () => {
    expect(await decode(syntax, frame(), { rows: 64, columns: 95 })).toEqual({ unavailable: "stream-size" });
  });

  it("that is damaged, whatever way, is refused or decoded, and never harms the next patient's", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.nat(),
        async (at, put, cut) => {
          const start = at % (frame().length - put.length);
          const damaged = patched(frame(), start, ...put);
          const answer = await decode(
            syntax,
            cut % 3 === 0 ? damaged.subarray(0, cut % damaged.length) : damaged,
          );
          if ("bytes" in answer) expect(answer.bytes).toHaveLength(picture.values.byteLength);
          else expect(answer).toHaveProperty("unavailable");
        },
      ),
      { numRuns: 25 },
    );
    await expectWhole(syntax);
  });

  it("that is empty of everything but its first marker is refused", async () => {
    expect(await decode(syntax, frame().subarray(0, 4))).toEqual({ unavailable: "corrupt-stream" });
  });
});

describe("JPEG", () => {
  it.each([
    ["1.2.840.10008.1.2.4.50", { allocated: 8 }],
    ["1.2.840.10008.1.2.4.55", {}],
  ])("%s: a picture of thousands of scans is refused before it is decoded", async (syntax, depth) => {
    const [{ width, height }, channels] = [picture, 1 as const];
    const raw = { width, height, channels };
    const jpeg = await sharp(Buffer.alloc(width * height), { raw })
      .jpeg({ progressive: true })
      .toBuffer();
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const scans = Array<Buffer>(3000).fill(jpeg.subarray(scan, jpeg.length - 2));
    const bomb = Buffer.concat([jpeg.subarray(0, scan), ...scans, Buffer.from([0xff, 0xd9])]);
    expect(await decode(syntax, bomb, { ...declared, ...depth })).toEqual({ unavailable: "stream-features" });
    expect(await decode(syntax, jpeg, { ...declared, ...depth })).toHaveProperty("bytes");
  });
});

const jpeg2000Syntaxes = ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"] as const;

describe("JPEG 2000 and HTJ2K", () => {
  it.each(jpeg2000Syntaxes)("%s: a large picture is decoded no larger than asked for", async (syntax) => {
    const image = described(declared);
    const atLeast = { width: 24, height: 16 };
    const decoded = await decodeFrame(syntax, image, await encoders[syntax](picture, 5), { atLeast });
    if (!("bytes" in decoded)) throw new Error(JSON.stringify(decoded));
    expect(decoded.image).toMatchObject({ rows: 16, columns: 24 });
    const values = storedValues(decoded.image, decoded.bytes);
    const mean = (of: ArrayLike<number>) => Array.from(of).reduce((sum, one) => sum + one, 0) / of.length;
    expect(Math.abs(mean(values) - mean(picture.values))).toBeLessThan(50);
  });

  // ISO/IEC 15444-1 A.5.1: after SOC, SIZ and its length come Rsiz, then the grid and the tiles in 32 bits each.
  const grid = 8;
  const tileSize = 24;
  it.each(jpeg2000Syntaxes)("%s: tiles of one pixel are refused", async (syntax) => {
    const one = [0, 0, 0, 1];
    const frame = patched(frames.get(syntax) as Uint8Array, tileSize, ...one, ...one);
    expect(await decode(syntax, frame)).toEqual({ unavailable: "stream-features" });
  });

  it.each(jpeg2000Syntaxes)("%s: a bomb of 64 million pixels allocates nothing", async (syntax) => {
    const side = 8_000;
    const size = [0, 0, side >> 8, side & 0xff];
    const large = patched(await encoders[syntax](picture, 0), grid, ...size, ...size);
    const frame = patched(large, tileSize, ...size, ...size);
    const before = process.memoryUsage().rss;
    expect(await decode(syntax, frame, { rows: side, columns: side })).toEqual({
      unavailable: "frame-too-large",
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });

  it("values that the stream calls signed are shown as such, though the object does not", async () => {
    const values = Uint16Array.from({ length: 96 * 64 }, (_, i) => (i % 96 < 48 ? -100 : 100) & 0xffff);
    const frame = await encoders["1.2.840.10008.1.2.4.90"]({ ...picture, values }, 2, true);
    const answer = await renderThumbnail({
      dataset: imageObject(declared),
      element: pixelData,
      transferSyntaxUid: "1.2.840.10008.1.2.4.90",
      frame,
      index: 0,
    });
    if (!("jpeg" in answer)) throw new Error(JSON.stringify(answer));
    const shown = await sharp(answer.jpeg).toColourspace("b-w").raw().toBuffer();
    expect([shown[5], shown[90]]).toEqual([0, 255]);
  });

  it("in the file format around a codestream is found", async () => {
    const syntax = "1.2.840.10008.1.2.4.90";
    const codestream = frames.get(syntax) as Uint8Array;
    const box = (type: string, content: Uint8Array): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(8 + content.length);
      head.write(type, 4, "latin1");
      return Buffer.concat([head, content]);
    };
    const header = Buffer.from([0, 0, 0, 64, 0, 0, 0, 96, 0, 1, 15, 7, 0, 0]);
    const colour = Buffer.from([1, 0, 0, 0, 0, 0, 17]);
    const file = Buffer.concat([
      box("jP  ", Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
      box("ftyp", Buffer.from("jp2 \0\0\0\0jp2 ", "latin1")),
      box("jp2h", Buffer.concat([box("ihdr", header), box("colr", colour)])),
      box("jp2c", codestream),
    ]);
    const decoded = await decode(syntax, file);
    if (!("bytes" in decoded)) throw new Error(JSON.stringify(decoded));
    expect(storedValues(decoded.image, decoded.bytes)).toEqual(picture.values);
  });
});
