/** A file that is made up as it is read, as it was kept between two processes. */
import { openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { ByteRange } from "../shared/ports.ts";

export const chunkBytes = 256 * 1024;

interface Stored {
  readonly size: number;
  readonly sha256: string;
  /** Of the file's beginning, on disk. */
  readonly headBytes: number;
  readonly tail: string;
}

/** The file's bytes: its beginning from disk, then one byte over and over, then its end. */
export class Landed {
  readonly stored: Stored;
  readonly #head: number;
  readonly #tail: Uint8Array;

  constructor(folder: string) {
    this.stored = JSON.parse(readFileSync(join(folder, "stored.json"), "utf8"));
    this.#head = openSync(join(folder, "head"), "r");
    this.#tail = Buffer.from(this.stored.tail, "base64");
  }

  bytes({ offset, length }: ByteRange): Uint8Array {
    const { size, headBytes } = this.stored;
    const bytes = Buffer.alloc(Math.min(length, size - offset), 7);
    if (offset < headBytes)
      readSync(this.#head, bytes, 0, Math.min(bytes.length, headBytes - offset), offset);
    const tailStart = size - this.#tail.length - offset;
    if (tailStart < bytes.length)
      bytes.set(this.#tail.subarray(Math.max(0, -tailStart)), Math.max(0, tailStart));
    return bytes;
  }

  async *stream({ offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
    const end = Math.min(this.stored.size, offset + length);
    for (let at = offset; at < end; at += chunkBytes)
      yield this.bytes({ offset: at, length: Math.min(chunkBytes, end - at) });
  }
}
