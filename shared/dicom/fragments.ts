/** Items of encapsulated Pixel Data (PS3.5 §A.4), read a window at a time. */

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Bytes of the object; fewer than asked for only at its end. */
export type RangeReader = (offset: number, length: number) => Promise<Uint8Array>;

/** Headers of small fragments lie close together: one request shows many of them. */
const windowBytes = 64 * 1024;
const itemTag = 0xfffee000;
const headerBytes = 8;

export class FragmentReader {
  readonly #read: RangeReader;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(read: RangeReader) {
    this.#read = read;
  }

  /** At most `length` bytes, of which `length` is small. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const inside = offset >= this.#start && offset + length <= this.#start + this.#window.length;
    if (!inside) {
      this.#window = await this.#read(offset, Math.max(windowBytes, length));
      this.#start = offset;
    }
    const from = offset - this.#start;
    return this.#window.subarray(from, from + length);
  }

  /** Undefined past the end. */
  async uint32(offset: number): Promise<number | undefined> {
    const bytes = await this.bytes(offset, 4);
    if (bytes.length < 4) return undefined;
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  /** The value of the item whose header starts here; undefined where no item does, or it is longer than the object. */
  async fragmentAt(offset: number): Promise<ByteRange | undefined> {
    if (!Number.isSafeInteger(offset)) return undefined;
    const header = await this.bytes(offset, headerBytes);
    if (header.length < headerBytes) return undefined;
    const view = new DataView(header.buffer, header.byteOffset, headerBytes);
    const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
    const length = view.getUint32(4, true);
    return tag === itemTag && length !== 0xffffffff ? { offset: offset + headerBytes, length } : undefined;
  }

  /** Fragments from an item header on, to the delimiter or where the structure ends. */
  async *walk(offset: number): AsyncGenerator<ByteRange> {
    let fragment = await this.fragmentAt(offset);
    while (fragment) {
      yield fragment;
      fragment = await this.fragmentAt(fragment.offset + fragment.length);
    }
  }
}
