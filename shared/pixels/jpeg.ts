/** JPEG through sharp, loaded on first use: it costs 95 ms and 19 MB that most functions never need. */
import type { ImagePixel, Unavailable } from "./image-pixel.ts";

const loadSharp = async () => (await import("sharp")).default;

/** One frame decoded: 8-bit samples, colour as RGB by pixel whatever the stream's own colour space was. */
export interface DecodedFrame {
  readonly image: ImagePixel;
  readonly bytes: Uint8Array;
}

/** Decodes one JPEG Baseline frame (PS3.5 §8.2.1). A stream of another size than the object declares is refused. */
export async function decodeJpegBaseline(
  image: ImagePixel,
  frame: Uint8Array,
): Promise<DecodedFrame | Unavailable> {
  const sharp = await loadSharp();
  const { rows, columns } = image;
  const pipeline = sharp(frame, { limitInputPixels: rows * columns, failOn: "error" });
  try {
    const { width, height, channels } = await pipeline.metadata();
    if (width !== columns || height !== rows) return { unavailable: "corrupt-stream" };
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

/** What the stream holds goes before what the object says: files do declare YBR over grey streams. */
function asDecoded(image: ImagePixel, samples: 1 | 3): ImagePixel {
  const grey = image.samples === 1 ? image.photometric : "MONOCHROME2";
  const photometric = samples === 3 ? "RGB" : grey;
  return { ...image, samples, photometric, bitsAllocated: 8, bitsStored: 8, highBit: 7, byPlane: false };
}

/** Encodes 8-bit grey (1) or RGB (3) pixels as JPEG. */
export async function encodeJpeg(
  pixels: Uint8Array,
  size: { readonly width: number; readonly height: number },
  channels: 1 | 3,
  quality: number,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const encoder = sharp(pixels, { raw: { ...size, channels } });
  return encoder
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .jpeg({ quality })
    .toBuffer();
}
