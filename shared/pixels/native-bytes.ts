/** Uncompressed pixel bytes as they are stored: bit alignment and byte order. */
import { type ImagePixel, nativeFrameBytes, type Unavailable } from "./image-pixel.ts";

/** The frame's bytes, checked for length, its first pixel moved to the first bit. */
export function nativeFrame(image: ImagePixel, bytes: Uint8Array, bitOffset = 0): Uint8Array | Unavailable {
  const length = nativeFrameBytes(image);
  const start = bitOffset >> 3;
  const bits = bitOffset & 7;
  const rest = bytes.subarray(start);
  if (bits === 0)
    return rest.length < length ? { unavailable: "pixel-data-too-short" } : rest.subarray(0, length);
  const needed = image.rows * image.columns * image.samples * image.bitsAllocated + bits;
  return rest.length * 8 < needed ? { unavailable: "pixel-data-too-short" } : shiftBits(rest, bits, length);
}

/** Pixels of 1 bit fill each byte from its least significant bit (PS3.5 §8.1.1). */
function shiftBits(bytes: Uint8Array, by: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => {
    const low = (bytes[i] ?? 0) >> by;
    return (low | ((bytes[i + 1] ?? 0) << (8 - by))) & 0xff;
  });
}

/** Big endian to little endian, a new array. Values of 8 bits or less are swapped in pairs when their VR is OW (PS3.5 §A.3). */
export function swapToLittleEndian(image: ImagePixel, bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  if (image.bitsAllocated === 64) return trimmed(out, 8).swap64();
  if (image.bitsAllocated === 32) return trimmed(out, 4).swap32();
  if (image.bitsAllocated === 16 || image.vr === "OW") trimmed(out, 2).swap16();
  return out;
}

function trimmed(buffer: Buffer, unit: number): Buffer {
  return buffer.subarray(0, buffer.length - (buffer.length % unit));
}
