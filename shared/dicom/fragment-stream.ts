/** Follows the items of encapsulated Pixel Data (PS3.5 §A.4) through a stream, holding none of it. */
import { DicomRejected } from "./rejected.ts";

const item = 0xfffee000;
const sequenceDelimiter = 0xfffee0dd;
const headerBytes = 8;
const pixelDataTag = "7FE00010";

/**
 * Fragments there are, the Basic Offset Table not counted.
 *
 * @param start offset of the stream's first byte, the item of the Basic Offset Table
 * @throws DicomRejected truncated where the stream ends before the Sequence Delimitation Item, damaged-pixel-data
 */
export async function countFragments(chunks: AsyncIterable<Uint8Array>, start: number): Promise<number> {
  const header = new DataView(new ArrayBuffer(headerBytes));
  let [at, last, next, filled, items] = [start, start, start, 0, 0];
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    while (next + filled < end) {
      const from = next + filled - at;
      const part = chunk.subarray(from, from + headerBytes - filled);
      new Uint8Array(header.buffer).set(part, filled);
      filled += part.length;
      if (filled < headerBytes) break;
      const tag = header.getUint16(0, true) * 0x10000 + header.getUint16(2, true);
      const length = header.getUint32(4, true);
      if (tag === sequenceDelimiter) return Math.max(0, items - 1);
      if (tag !== item || length === 0xffffffff)
        throw new DicomRejected("damaged-pixel-data", next, pixelDataTag);
      [last, next, filled, items] = [next, next + headerBytes + length, 0, items + 1];
    }
    at = end;
  }
  // The fragment that is cut, or where one or the delimiter is missing.
  throw new DicomRejected("truncated", next > at ? last : next, pixelDataTag);
}
