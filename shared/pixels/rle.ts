/** RLE Lossless (PS3.5 Annex G): byte planes, most significant first, each packed by the PackBits rule. */
import { type ImagePixel, nativeFrameBytes, type Unavailable } from "./image-pixel.ts";

const headerBytes = 64;
/** The longest run: two bytes become 128. */
const maxExpansion = 64;

/**
 * Decodes one frame to native little-endian bytes in the layout Planar Configuration declares: clients read the frame
 * with the object's own metadata. Data after the last plane is ignored; a plane that ends early answers `corrupt-stream`.
 */
export function decodeRle(image: ImagePixel, frame: Uint8Array): Uint8Array | Unavailable {
  const segments = segmentsOf(image, frame);
  if (segments === undefined) return { unavailable: "corrupt-stream" };
  // Nothing is allocated before the data could fill it.
  if (nativeFrameBytes(image) > frame.length * maxExpansion) return { unavailable: "pixel-data-too-short" };

  const bytesPerSample = Math.max(1, image.bitsAllocated / 8);
  const planeBytes = nativeFrameBytes(image) / segments.length;
  const sampleStep = image.byPlane ? planeBytes * bytesPerSample : bytesPerSample;
  const stride = image.byPlane ? bytesPerSample : segments.length;
  const out = new Uint8Array(nativeFrameBytes(image));
  for (const [index, segment] of segments.entries()) {
    const sample = Math.floor(index / bytesPerSample);
    const byte = bytesPerSample - 1 - (index % bytesPerSample);
    if (!unpack(segment, out, sample * sampleStep + byte, stride, planeBytes)) {
      return { unavailable: "corrupt-stream" };
    }
  }
  return out;
}

function segmentsOf(image: ImagePixel, frame: Uint8Array): readonly Uint8Array[] | undefined {
  const expected = Math.max(1, image.bitsAllocated / 8) * image.samples;
  if (frame.length < headerBytes) return undefined;
  const header = new DataView(frame.buffer, frame.byteOffset, headerBytes);
  if (header.getUint32(0, true) !== expected) return undefined;
  const offsets = Array.from({ length: expected }, (_, i) => header.getUint32(4 + i * 4, true));
  const ends = [...offsets.slice(1), frame.length];
  const ordered = offsets.every((start, i) => start >= headerBytes && start <= (ends[i] ?? 0));
  return ordered ? offsets.map((start, i) => frame.subarray(start, ends[i])) : undefined;
}

/** Writes `count` bytes to every `stride`-th place from `at`; false when the segment holds fewer. */
function unpack(segment: Uint8Array, out: Uint8Array, at: number, stride: number, count: number): boolean {
  const end = at + count * stride;
  let to = at;
  let from = 0;
  while (to < end) {
    if (from >= segment.length) return false;
    const code = segment[from++] as number;
    if (code < 128) {
      const stop = Math.min(end, to + (code + 1) * stride);
      for (; to < stop; to += stride) {
        if (from >= segment.length) return false;
        out[to] = segment[from++] as number;
      }
    } else if (code > 128) {
      if (from >= segment.length) return false;
      const value = segment[from++] as number;
      const stop = Math.min(end, to + (257 - code) * stride);
      for (; to < stop; to += stride) out[to] = value;
    }
  }
  return true;
}
