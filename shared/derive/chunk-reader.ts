/** Reads counts of bytes out of chunks of any size, and holds no more than it was asked for. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes, or undefined where fewer are left. */
  async read(count: number): Promise<Uint8Array | undefined> {
    const bytes = await this.readUpTo(count);
    return bytes.length === count ? bytes : undefined;
  }

  /** `count` bytes; fewer only at the end. */
  async readUpTo(count: number): Promise<Uint8Array> {
    const parts = [this.#rest];
    let size = this.#rest.length;
    while (size < count) {
      const next = await this.#chunks.next();
      if (next.done) break;
      parts.push(next.value);
      size += next.value.length;
    }
    const bytes = joined(parts);
    this.#rest = bytes.subarray(count);
    return bytes.subarray(0, count);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const passed = (await this.readUpTo(Math.min(left, 65536))).length;
      if (passed === 0) return;
      left -= passed;
    }
  }

  /** Lets the source go, whatever is left of it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    yield this.#rest;
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done) return;
      yield next.value;
    }
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}
