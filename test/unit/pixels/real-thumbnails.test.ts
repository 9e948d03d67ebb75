import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import sharp from "sharp";
import { boxAverage } from "../../../shared/pixels/box-average.ts";
import { renderThumbnail } from "../../../shared/pixels/thumbnail.ts";
import { describeWithRealFiles, type RealFile, realFilesFolder } from "../../support/real-files.ts";
import { decodable, firstFrame } from "./real-frames.ts";

/**
 * Its window has width 0, which PS3.3 C.11.2.1.2.1 forbids; the reference tool then shows the full 16-bit range, a flat
 * grey. We show the range of the frame.
 */
const flatReference = "png/series__mr-ge-signa-brain-20__brain_002.png";

/** Without a window, and its padding written as US under signed pixels: the reference tool takes it for the darkest value. */
const paddedReference = "png/ct__htj2k-rpcl__chafey__CT1_JPH.png";
const incomparable: readonly string[] = [flatReference, paddedReference];

/** Of 255, on average. Two decoders already differ on lossy colour: how they spread its halved chroma is their own choice. */
const toleranceOf = ({ pixels }: RealFile): number => (pixels?.class === "lossless, exact" ? 3 : 6);

async function thumbnail(file: RealFile) {
  const { bytes, ...input } = await firstFrame(file);
  const answer = await renderThumbnail({ ...input, frame: bytes });
  if (!("jpeg" in answer)) throw new Error(`${file.path}: ${JSON.stringify(answer)}`);
  return answer;
}

async function raw(image: Uint8Array) {
  const { data, info } = await sharp(image)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, size: { width: info.width, height: info.height } };
}

describeWithRealFiles("thumbnails of real files", (files) => {
  const shown = decodable(files).filter(({ png }) => png !== undefined && !incomparable.includes(png.path));
  it.each(shown.map((file) => [file.path, file] as const))("%s looks like the reference", async (_, file) => {
    const ours = await raw((await thumbnail(file)).jpeg);
    const png = await raw(await readFile(join(realFilesFolder, file.png?.path ?? "")));
    const reference = boxAverage(new Uint8Array(png.data), png.size, ours.size, 3);
    const difference = reference.reduce((sum, value, i) => sum + Math.abs(value - (ours.data[i] ?? 0)), 0);
    expect(difference / reference.length).toBeLessThanOrEqual(toleranceOf(file));
  });

  it("are small: half of them at most 10 KB", async () => {
    const sizes: number[] = [];
    const sample = decodable(files).filter((_, i) => i % 4 === 0);
    for (const file of sample) sizes.push((await thumbnail(file)).jpeg.length);
    sizes.sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(10 * 1024);
    expect(sizes.at(-1)).toBeLessThanOrEqual(40 * 1024);
  }, 30_000);
});
