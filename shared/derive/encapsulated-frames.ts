/** Encapsulated Pixel Data (PS3.5 §A.4) from a stream of bytes, frame by frame: one frame is in memory at a time. */
import { ChunkReader, joined } from "./chunk-reader.ts";

const item = 0xfffee000;

/**
 * So many fragments may be as small as they like, empty ones included; those beyond must hold `least` bytes each on average.
 * Encoders cut frames into kilobytes; an item costs eight bytes of file and a microsecond here.
 */
const mostFragments = 1_000_000;
const least = 64;

/** More items than any encoder writes: read to their end they would take all the time and memory there is. */
export class TooManyFragments extends Error {
  override readonly name = "TooManyFragments";
}

/**
 * Fragments from the first byte after the element's header; the Basic Offset Table and empty ones are passed over. Ends where
 * the structure does. Throws TooManyFragments.
 */
export async function* fragments(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  const reader = new ChunkReader(chunks);
  try {
    for (let [index, bytes] = [0, 0]; ; index++) {
      if (index > mostFragments + bytes / least) throw new TooManyFragments(`More than ${index} fragments`);
      const fragment = await nextFragment(reader, limit);
      if (fragment === undefined) return;
      bytes += fragment.length;
      if (index > 0 && fragment.length > 0) yield fragment;
    }
  } finally {
    await reader.close();
  }
}

async function nextFragment(reader: ChunkReader, limit: number): Promise<Uint8Array | undefined> {
  const header = await reader.read(8);
  if (header === undefined) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, 8);
  const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
  const length = view.getUint32(4, true);
  return tag === item && length <= limit ? reader.read(length) : undefined;
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
  let frame = new Gathered();
  for await (const fragment of source) {
    if (frame.size > 0 && startsFrame(fragment)) {
      yield frame.whole();
      frame = new Gathered();
    }
    frame.add(fragment);
    if (frame.size > limit) return;
  }
  if (frame.size > 0) yield frame.whole();
}

/** Fragments joined before they are many: each by itself costs a hundred bytes, and keeps the chunk it came in. */
const joinedAtOnce = 1024;

class Gathered {
  size = 0;
  readonly #blocks: Uint8Array[] = [];
  #parts: Uint8Array[] = [];

  add(fragment: Uint8Array): void {
    this.size += fragment.length;
    this.#parts.push(fragment);
    if (this.#parts.length < joinedAtOnce) return;
    this.#blocks.push(joined(this.#parts));
    this.#parts = [];
  }

  whole(): Uint8Array {
    return joined([...this.#blocks, ...this.#parts]);
  }
}
