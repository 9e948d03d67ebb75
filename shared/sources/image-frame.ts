/** A photograph as the one frame of a DICOM image: upright, and without what the camera wrote of place and person. */
import { jpegStream } from "./jpeg-segments.ts";
import { mostPixels, SourceDamaged, type SourceType } from "./recognise.ts";

export interface ImageFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly bits: 8 | 16;
  readonly photometric: "MONOCHROME2" | "RGB" | "YBR_FULL_422";
  /** A JPEG Baseline stream, or native samples by pixel, little endian. */
  readonly encoding: "jpeg" | "native";
  readonly bytes: Uint8Array;
  /** Compression ratio of each lossy step (PS3.3 §C.7.6.1.1.5). */
  readonly lossy: readonly number[];
}

/** Turning a photograph loses as little as this again. */
const quality = 95;

/** Throws SourceDamaged for what cannot be decoded to its end. */
export async function imageFrame(type: SourceType, bytes: Uint8Array): Promise<ImageFrame> {
  const { default: sharp } = await import("sharp");
  // It would hold what was decoded last while the object is written.
  sharp.cache(false);
  const open = () => sharp(bytes, { failOn: "error", limitInputPixels: mostPixels });
  try {
    const { width, height, orientation = 1, depth, channels } = await open().metadata();
    if (type === "image/jpeg")
      return await jpegFrame(open, bytes, { width, height, upright: orientation === 1 });
    return await nativeFrame(open, { deep: depth === "ushort" && channels <= 2, grey: channels <= 2 });
  } catch (cause) {
    if (cause instanceof SourceDamaged) throw cause;
    throw new SourceDamaged("The image cannot be decoded", { cause });
  }
}

type Open = () => import("sharp").Sharp;

/** The camera's own stream where DICOM takes it as it is; else encoded once more. */
async function jpegFrame(
  open: Open,
  bytes: Uint8Array,
  { width, height, upright }: { readonly width: number; readonly height: number; readonly upright: boolean },
): Promise<ImageFrame> {
  const stream = jpegStream(bytes);
  const { components, baseline, foreignProfile, stripped } = stream;
  const grey = components === 1;
  const first = ratio(width * height * (grey ? 1 : 3), bytes.length);
  if (!baseline || !upright || foreignProfile) return encodedAgain(open, grey, first);
  // To its end, so that nothing is archived that no viewer can show.
  await open().stats();
  return {
    rows: height,
    columns: width,
    samples: grey ? 1 : 3,
    bits: 8,
    photometric: photometricOf(stream),
    encoding: "jpeg",
    bytes: stripped,
    lossy: [first],
  };
}

/** PS3.5 §8.2.1: of YCbCr in JPEG Baseline it is YBR_FULL_422, however the stream samples its chroma. */
function photometricOf({ components, rgb }: ReturnType<typeof jpegStream>) {
  if (components === 1) return "MONOCHROME2";
  return rgb ? "RGB" : "YBR_FULL_422";
}

async function encodedAgain(open: Open, grey: boolean, first: number): Promise<ImageFrame> {
  const { data, info } = await open()
    .autoOrient()
    .toColourspace(grey ? "b-w" : "srgb")
    // Best Huffman tables would hold the coefficients of the whole photograph: three times its pixels.
    .jpeg({ quality, chromaSubsampling: "4:4:4", optimiseCoding: false })
    .toBuffer({ resolveWithObject: true });
  const { stripped, components } = jpegStream(data);
  const samples = components === 1 ? 1 : 3;
  return {
    rows: info.height,
    columns: info.width,
    samples,
    bits: 8,
    photometric: samples === 1 ? "MONOCHROME2" : "YBR_FULL_422",
    encoding: "jpeg",
    bytes: stripped,
    lossy: [first, ratio(info.width * info.height * samples, stripped.length)],
  };
}

/** Without loss. Grey keeps its 16 bits, where it has them; what is transparent is shown on white, as paper. */
async function nativeFrame(
  open: Open,
  { deep, grey }: { readonly deep: boolean; readonly grey: boolean },
): Promise<ImageFrame> {
  const upright = open().autoOrient().flatten({ background: "#ffffff" });
  const shown = upright.toColourspace(deep ? "grey16" : grey ? "b-w" : "srgb");
  const { data, info } = await shown
    .raw({ depth: deep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  return {
    rows: info.height,
    columns: info.width,
    samples: grey ? 1 : 3,
    bits: deep ? 16 : 8,
    photometric: grey ? "MONOCHROME2" : "RGB",
    encoding: "native",
    bytes: data,
    lossy: [],
  };
}

const ratio = (uncompressed: number, compressed: number): number =>
  Math.max(1, Number((uncompressed / compressed).toFixed(2)));
