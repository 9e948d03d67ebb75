/** A deflated data set (PS3.5 §A.5) as if it were not, inflated while it is read: at no time is it in memory as a whole. */
import { Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { mostInflated } from "../dicom/inflate.ts";
import { ChunkReader } from "./chunk-reader.ts";

/** The length of uncompressed pixels has 32 bits (PS3.5 §7.1.1), and a header is far shorter than the rest. */
const mostUseful = 4.5 * 1024 ** 3;

interface Position {
  readonly reader: ChunkReader;
  at: number;
}

export class InflatedSource {
  readonly #open: () => Promise<AsyncIterable<Uint8Array>>;
  readonly #prefix: Uint8Array;
  readonly #limit: number;
  #position: Position | undefined;

  /**
   * @param open the compressed stream, from its start
   * @param prefix what is inflated already
   * @param size of the whole file: bounds what may come out
   */
  constructor(open: () => Promise<AsyncIterable<Uint8Array>>, prefix: Uint8Array, size: number) {
    this.#open = open;
    this.#prefix = prefix;
    this.#limit = Math.min(mostInflated(size), mostUseful);
  }

  /** Fewer bytes where the data set ends, or is damaged. Cheap as long as offsets ascend. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset + length <= this.#prefix.length) return this.#prefix.subarray(offset, offset + length);
    const position = await this.#at(offset);
    const bytes = await position.reader.readUpTo(length);
    position.at += bytes.length;
    return bytes;
  }

  async stream(offset: number): Promise<AsyncIterable<Uint8Array>> {
    const { reader } = await this.#at(offset);
    this.#position = undefined;
    return reader.rest();
  }

  async #at(offset: number): Promise<Position> {
    if (this.#position === undefined || this.#position.at > offset) {
      this.#position = { reader: new ChunkReader(inflated(await this.#open(), this.#limit)), at: 0 };
    }
    await this.#position.reader.skip(offset - this.#position.at);
    this.#position.at = offset;
    return this.#position;
  }
}

async function* inflated(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  const source = Readable.from(chunks);
  // A store that cannot answer is not damage of the file: its error goes on.
  source.on("error", (error) => inflate.destroy(error));
  let total = 0;
  try {
    for await (const chunk of source.pipe(inflate)) {
      total += (chunk as Uint8Array).length;
      if (total > limit) return;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (!/^Z_/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}
