/** JPEG-LS, lossless and near-lossless, by CharLS. */
import type { DecodedFrame, ImagePixel, Unavailable } from "../image-pixel.ts";
import { decodeWith, type EncodedReader, emscriptenCodec } from "./emscripten.ts";
import { jpegHeader } from "./jpeg-header.ts";
import { asDecoded, refusal } from "./stream-header.ts";

interface Decoder extends EncodedReader {
  decode(): void;
  /** 0: by plane. */
  getInterleaveMode(): number;
}
const charls = emscriptenCodec<{ readonly JpegLSDecoder: new () => Decoder }>(
  "@cornerstonejs/codec-charls/decodewasm",
  () => import("@cornerstonejs/codec-charls/decodewasmjs"),
);

/** Decodes one frame (PS3.5 §8.2.3). */
export async function decodeJpegLs(
  image: ImagePixel,
  frame: Uint8Array,
): Promise<DecodedFrame | Unavailable> {
  const header = jpegHeader(frame);
  const refused = refusal(image, header?.process === 0xf7 ? header : undefined);
  if (refused || header === undefined) return refused ?? { unavailable: "corrupt-stream" };
  return decodeWith(
    charls,
    ({ JpegLSDecoder }) => new JpegLSDecoder(),
    frame,
    (decoder) => {
      decoder.decode();
      const decoded = asDecoded(image, header, image.photometric === "YBR_FULL" ? "YBR_FULL" : "RGB");
      const byPlane = header.components === 3 && decoder.getInterleaveMode() === 0;
      return { ...decoded, byPlane };
    },
  );
}
