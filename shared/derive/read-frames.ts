/** The frames of an original, in order, each with the bytes `decodeFrame` takes. */
import type { PixelData } from "../dicom/read.ts";
import type { Decoder } from "../pixels/decode-frame.ts";
import {
  type ImagePixel,
  maxFrameBytes,
  nativeFrameBytes,
  nativeFrameLocation,
} from "../pixels/image-pixel.ts";
import { fragments, joinFragments, TooManyFragments } from "./encapsulated-frames.ts";
import type { Original } from "./open-original.ts";

export interface RawFrame {
  /** From 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly bitOffset: number;
}

/** Small frames are read many at a time, up to this many bytes. */
const readAtOnce = 8 * 1024 * 1024;

/**
 * Ends early where the pixel data does, whatever Number of Frames says.
 *
 * @param onFlood told where it ends because there is no end of fragments
 */
export async function* readFrames(
  original: Original,
  pixelData: PixelData,
  image: ImagePixel,
  decoder: Decoder,
  onFlood: () => void = () => undefined,
): AsyncGenerator<RawFrame> {
  if (!decoder.encapsulated) return yield* nativeFrames(original, pixelData, image);
  const chunks = await original.stream(pixelData.offset);
  const startsFrame = image.frames === 1 ? () => false : decoder.startsFrame;
  let index = 0;
  try {
    for await (const bytes of joinFragments(fragments(chunks, maxFrameBytes), startsFrame, maxFrameBytes)) {
      yield { index, bytes, bitOffset: 0 };
      if (++index === image.frames) return;
    }
  } catch (error) {
    if (!(error instanceof TooManyFragments)) throw error;
    onFlood();
  }
}

async function* nativeFrames(
  original: Original,
  { offset, length = 0 }: PixelData,
  image: ImagePixel,
): AsyncGenerator<RawFrame> {
  const atOnce = Math.max(1, Math.floor(readAtOnce / nativeFrameBytes(image)));
  const locate = (index: number) => nativeFrameLocation(image, index, length);
  for (let start = 0; start < image.frames; start += atOnce) {
    const locations = [];
    for (let index = start; index < Math.min(start + atOnce, image.frames); index++) {
      const location = locate(index);
      if ("unavailable" in location) break;
      locations.push(location);
    }
    const [first, last] = [locations[0], locations.at(-1)];
    if (first === undefined || last === undefined) return;
    const bytes = await original.read(offset + first.offset, last.offset + last.length - first.offset);
    for (const [i, location] of locations.entries()) {
      const from = location.offset - first.offset;
      yield {
        index: start + i,
        bytes: bytes.subarray(from, from + location.length),
        bitOffset: location.bitOffset,
      };
    }
  }
}
