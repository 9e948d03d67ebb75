/** JPEG through sharp, loaded on first use: it costs 95 ms and 19 MB that most functions never need. */
import { tooManyScans } from "./codecs/jpeg-header.ts";
import { encodeGreyJpeg } from "./grey-jpeg/encode.ts";
import type { DecodedFrame, ImagePixel, Size, Unavailable } from "./image-pixel.ts";

let sharpModule: Promise<typeof import("sharp")> | undefined;
async function loadSharp() {
  sharpModule ??= import("sharp");
  return (await sharpModule).default;
}

/** Decodes one JPEG Baseline frame (PS3.5 §8.2.1). A stream of another size than the object declares is refused. */
export async function decodeJpegBaseline(
  image: ImagePixel,
  frame: Uint8Array,
): Promise<DecodedFrame | Unavailable> {
  // The decoder would also take SVG, TIFF and more, from files nobody trusts.
  if (frame[0] !== 0xff || frame[1] !== 0xd8) return { unavailable: "corrupt-stream" };
  if (tooManyScans(frame)) return { unavailable: "stream-features" };
  const sharp = await loadSharp();
  const { rows, columns } = image;
  try {
    const pipeline = sharp(declareRgb(image, frame), { limitInputPixels: rows * columns, failOn: "error" });
    const { width, height, channels } = await pipeline.metadata();
    if (width !== columns || height !== rows) return { unavailable: "stream-size" };
    if (channels !== 1 && channels !== 3) return { unavailable: "samples-per-pixel" };
    const bytes = await pipeline
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw()
      .toBuffer();
    return { image: asDecoded(image, channels), bytes };
  } catch {
    return { unavailable: "corrupt-stream" };
  }
}

/** APP14 "Adobe", version 100, no flags, transform 0: the components are RGB. */
const adobeRgb = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/** A stream without colour markers would be taken for YCbCr: where the object declares RGB, the stream is made to say so. */
function declareRgb(image: ImagePixel, frame: Uint8Array): Uint8Array {
  if (image.photometric !== "RGB" || hasColourMarker(frame)) return frame;
  return Buffer.concat([frame.subarray(0, 2), adobeRgb, frame.subarray(2)]);
}

/** Whether JFIF (APP0) or Adobe (APP14) stands before the first frame header. */
function hasColourMarker(frame: Uint8Array): boolean {
  let at = 2;
  while (frame[at] === 0xff) {
    const marker = frame[at + 1] as number;
    if (marker === 0xe0 || marker === 0xee) return true;
    if (marker >= 0xc0 && marker <= 0xc3) return false;
    at += 2 + ((frame[at + 2] ?? 0) << 8) + (frame[at + 3] ?? 0);
  }
  return false;
}

/** What the stream holds goes before what the object says: files do declare YBR over grey streams. */
function asDecoded(image: ImagePixel, samples: 1 | 3): ImagePixel {
  const grey = image.samples === 1 ? image.photometric : "MONOCHROME2";
  const photometric = samples === 3 ? "RGB" : grey;
  return { ...image, samples, photometric, bitsAllocated: 8, bitsStored: 8, highBit: 7, byPlane: false };
}

/** A drawing as JPEG: of our own making only, since SVG may refer to anything. */
export async function drawJpeg(svg: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(Buffer.from(svg)).jpeg({ quality: 85, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** Encodes 8-bit grey (1) or RGB (3) pixels as JPEG, colour at full resolution: text in ultrasound is thin and coloured. */
export async function encodeJpeg(
  pixels: Uint8Array,
  size: Size,
  channels: 1 | 3,
  quality: number,
): Promise<Uint8Array> {
  if (channels === 1) return encodeGreyJpeg(pixels, size, quality);
  const sharp = await loadSharp();
  const encoder = sharp(pixels, { raw: { ...size, channels } });
  return encoder.toColourspace("srgb").jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
}
