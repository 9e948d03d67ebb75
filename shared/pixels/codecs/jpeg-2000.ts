/** JPEG 2000 by OpenJPEG, HTJ2K by OpenJPH: also at a reduced resolution, which costs that much less. */
import type { DecodedFrame, ImagePixel, Size, Unavailable } from "../image-pixel.ts";
import { decodeWith, type EncodedReader, emscriptenCodec } from "./emscripten.ts";
import { type Jpeg2000Header, jpeg2000Header } from "./jpeg-2000-header.ts";
import { asDecoded, refusal } from "./stream-header.ts";
import type { WasmCodec } from "./wasm-codec.ts";

interface OpenJpegDecoder extends EncodedReader {
  decodeSubResolution(level: number, layers: number): void;
}
interface OpenJphDecoder extends EncodedReader {
  decodeSubResolution(level: number): void;
}

const openJpeg = emscriptenCodec<{ readonly J2KDecoder: new () => OpenJpegDecoder }>(
  "@cornerstonejs/codec-openjpeg/decodewasm",
  () => import("@cornerstonejs/codec-openjpeg/decodewasmjs"),
);
const openJph = emscriptenCodec<{ readonly HTJ2KDecoder: new () => OpenJphDecoder }>(
  "@cornerstonejs/codec-openjph/wasm",
  () => import("@cornerstonejs/codec-openjph/wasmjs"),
);

/** OpenJPEG reserves kilobytes for each tile a header announces; no scanner makes so many of one frame. */
const mostTiles = 4096;
/** Samples decoded at once take twelve bytes each within the codec. */
const mostSamples = 32 * 1024 * 1024;

/** `atLeast`: a smaller picture is enough, which is this large or larger. */
export function decodeJpeg2000(
  image: ImagePixel,
  frame: Uint8Array,
  atLeast?: Size,
): Promise<DecodedFrame | Unavailable> {
  return decode(
    openJpeg,
    ({ J2KDecoder }) => new J2KDecoder(),
    { image, frame, atLeast },
    (decoder, level) =>
      // 0: all quality layers.
      decoder.decodeSubResolution(level, 0),
  );
}

/** As `decodeJpeg2000`. */
export function decodeHtj2k(
  image: ImagePixel,
  frame: Uint8Array,
  atLeast?: Size,
): Promise<DecodedFrame | Unavailable> {
  return decode(
    openJph,
    ({ HTJ2KDecoder }) => new HTJ2KDecoder(),
    { image, frame, atLeast },
    (decoder, level) => decoder.decodeSubResolution(level),
  );
}

interface Work {
  readonly image: ImagePixel;
  readonly frame: Uint8Array;
  readonly atLeast: Size | undefined;
}

async function decode<Exports, Decoder extends EncodedReader>(
  codec: WasmCodec<Exports>,
  make: (exports: Exports) => Decoder,
  { image, frame, atLeast }: Work,
  run: (decoder: Decoder, level: number) => void,
): Promise<DecodedFrame | Unavailable> {
  const header = jpeg2000Header(frame);
  const refused = refusal(image, header);
  if (refused || header === undefined) return refused ?? { unavailable: "corrupt-stream" };
  if (!header.fullResolution || header.tiles > mostTiles) return { unavailable: "stream-features" };
  const level = reduction(header, atLeast);
  const rows = Math.ceil(image.rows / 2 ** level);
  const columns = Math.ceil(image.columns / 2 ** level);
  if (rows * columns * header.components > mostSamples) return { unavailable: "frame-too-large" };
  const decoded = { ...asDecoded(image, header, colourOf(image, header)), rows, columns };
  const answer = await decodeWith(codec, make, frame, (decoder) => {
    run(decoder, level);
    return decoded;
  });
  return header.signed && !image.signed ? { ...answer, signedAfterAll: true } : answer;
}

/** The most halvings that leave at least what is asked for. */
function reduction({ rows, columns, levels }: Jpeg2000Header, atLeast: Size | undefined): number {
  if (atLeast === undefined) return 0;
  let level = 0;
  while (level < levels && columns >> (level + 1) >= atLeast.width && rows >> (level + 1) >= atLeast.height) {
    level++;
  }
  return level;
}

/** PS3.5 §8.2.4: YBR_RCT and YBR_ICT are undone by the codec; without either, components are what the object says. */
function colourOf({ photometric }: ImagePixel, { transformed }: Jpeg2000Header) {
  return !transformed && photometric.startsWith("YBR_FULL") ? "YBR_FULL" : "RGB";
}
