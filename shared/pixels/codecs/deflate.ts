/** Deflated Image Frame Compression (PS3.5 §A.4.11): each frame a raw RFC 1951 stream of its native bytes. */
import { inflateRawSync } from "node:zlib";
import { type ImagePixel, nativeFrameBytes, type Unavailable } from "../image-pixel.ts";

/** Inflates what the frame needs and no byte more. */
export function inflateFrame(image: ImagePixel, frame: Uint8Array): Uint8Array | Unavailable {
  const length = nativeFrameBytes(image);
  try {
    // A byte of padding may follow the frame's own bytes.
    const bytes = inflateRawSync(frame, { maxOutputLength: length + 1 });
    return bytes.length < length ? { unavailable: "pixel-data-too-short" } : bytes.subarray(0, length);
  } catch {
    return { unavailable: "corrupt-stream" };
  }
}
