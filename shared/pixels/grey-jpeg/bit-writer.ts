/** Entropy-coded bits, most significant first, with the zero byte that has to follow every FF (ISO/IEC 10918-1, F.1.2.3). */
export class BitWriter {
  /** Reused by the next picture: `finish` hands out a copy. */
  #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Begins a stream of at most `capacity` bytes with these. */
  begin(head: Uint8Array, capacity: number): void {
    if (this.#bytes.length < capacity) this.#bytes = new Uint8Array(capacity);
    this.#bytes.set(head);
    this.#at = head.length;
    this.#bits = 0;
    this.#count = 0;
  }

  /** Appends the lowest `length` bits, at most 24, of a value that has no others. */
  put(value: number, length: number): void {
    const bits = (this.#bits << length) | value;
    let count = this.#count + length;
    if (count >= 8) {
      let at = this.#at;
      const bytes = this.#bytes;
      do {
        count -= 8;
        const byte = (bits >>> count) & 0xff;
        bytes[at++] = byte;
        if (byte === 0xff) bytes[at++] = 0;
      } while (count >= 8);
      this.#at = at;
    }
    this.#bits = bits;
    this.#count = count;
  }

  /** Fills the last byte with ones and ends the stream. */
  finish(): Uint8Array {
    this.put(0x7f, 7);
    this.#bytes[this.#at++] = 0xff;
    this.#bytes[this.#at++] = 0xd9;
    return this.#bytes.slice(0, this.#at);
  }
}
