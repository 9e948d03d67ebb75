/** Encapsulated Pixel Data (PS3.5 §A.4) from a stream of bytes, frame by frame: one frame is in memory at a time. */
import { ChunkReader, joined } from "./chunk-reader.ts";

const item = 0xfffee000;

/** Fragments from the first byte after the element's header; the Basic Offset Table is passed over. Ends where the structure does. */
export async function* fragments(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  const reader = new ChunkReader(chunks);
  for (let index = 0; ; index++) {
    const header = await reader.read(8);
    if (header === undefined) return;
    const view = new DataView(header.buffer, header.byteOffset, 8);
    const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
    const length = view.getUint32(4, true);
    if (tag !== item || length > limit) return;
    const fragment = await reader.read(length);
    if (fragment === undefined) return;
    if (index > 0) yield fragment;
  }
}

/**
 * Joins fragments to frames. The frames' starts are found in the fragments themselves, not in offset tables, which may
 * be absent or wrong. A frame above `limit` bytes ends the stream.
 */
export async function* joinFragments(
  source: AsyncIterable<Uint8Array>,
  startsFrame: (fragment: Uint8Array) => boolean,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const fragment of source) {
    if (parts.length > 0 && startsFrame(fragment)) {
      yield joined(parts);
      parts = [];
      size = 0;
    }
    parts.push(fragment);
    size += fragment.length;
    if (size > limit) return;
  }
  if (parts.length > 0) yield joined(parts);
}
