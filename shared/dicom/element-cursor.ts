/** Reads one element header after another (PS3.5 §7.1), and nothing past what the file has. */
import { dictionaryVr } from "./dictionary.ts";
import { DicomRejected } from "./rejected.ts";
import { type Vr, valueRepresentations } from "./value-representations.ts";
import { type Bytes, tagName, type VrTraits } from "./values.ts";

/** How elements are written; sequences of VR UN hold implicit little endian whatever is around them (PS3.5 §6.2.2). */
export interface Encoding {
  readonly explicit: boolean;
  readonly little: boolean;
}
export const implicitLittleEndian: Encoding = { explicit: false, little: true };

export const undefinedLength = 0xffffffff;

/** Not an error: the prefix ends before the header does. `length`: bytes needed from the start of the data. */
export class MoreBytes {
  readonly length: number;
  constructor(length: number) {
    this.length = length;
  }
}

/** What reading may stumble over; anything else is a mistake of ours, and must be seen. */
export const isFault = (error: unknown): error is DicomRejected | MoreBytes =>
  error instanceof DicomRejected || error instanceof MoreBytes;

const traitsByCode = new Map<number, VrTraits>();
const traitsByVr = new Map<Vr, VrTraits>();
for (const [name, table] of Object.entries(valueRepresentations)) {
  const vr = name as Vr;
  const traits: VrTraits = {
    vr,
    kind: table.kind,
    long: "long" in table,
    localized: "localized" in table,
    size: "size" in table ? table.size : 1,
  };
  traitsByVr.set(vr, traits);
  traitsByCode.set((vr.charCodeAt(0) << 8) | vr.charCodeAt(1), traits);
}
const traitsOf = (vr: Vr): VrTraits => traitsByVr.get(vr) as VrTraits;
const unknown = traitsOf("UN");

const questionMark = 0x3f;
const isUpperCase = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

/** Tag names of real files repeat; the cap keeps a hostile file from growing the cache. */
const tagNames = new Map<number, string>();
const tagNameLimit = 20_000;

export class ElementCursor {
  readonly bytes: Bytes;
  /** Bytes there are in all, of which `bytes` may be a prefix. */
  readonly total: number;
  position: number;
  group = 0;
  element = 0;
  traits: VrTraits = unknown;
  length = 0;
  /** How the value of the current element is written. */
  encoding: Encoding = implicitLittleEndian;
  /** Pixel Representation: settles US or SS. */
  signed = false;

  constructor(bytes: Bytes, total: number, position: number) {
    this.bytes = bytes;
    this.total = total;
    this.position = position;
  }

  get tag(): string {
    const key = this.group * 0x10000 + this.element;
    let name = tagNames.get(key);
    if (name === undefined) {
      name = tagName(this.group, this.element);
      if (tagNames.size < tagNameLimit) tagNames.set(key, name);
    }
    return name;
  }

  get isUndefinedLength(): boolean {
    return this.length === undefinedLength;
  }

  /** Makes sure bytes up to `position` are here; `end` is the end of what holds them. */
  need(position: number, end: number): void {
    if (position > end) throw this.overrun(position, end);
    if (position > this.bytes.buffer.length) throw new MoreBytes(position);
  }

  /** The fault of reaching past `end`. */
  overrun(position: number, end: number): DicomRejected {
    const cut = end >= this.total && position - this.position <= this.total;
    return new DicomRejected(cut ? "truncated" : "length-overrun", this.position, this.tag);
  }

  /** Reads tag, VR and length; `position` is then the first byte of the value. */
  next(end: number, encoding: Encoding): void {
    const start = this.position;
    this.need(start + 8, end);
    this.group = this.u16(start, encoding.little);
    this.element = this.u16(start + 2, encoding.little);
    this.encoding = encoding;
    if (this.group === 0xfffe || !encoding.explicit) this.implicit(start, encoding);
    else this.explicit(start, end, encoding);
  }

  /** End of the current element's value; rejects what does not fit. */
  valueEnd(end: number): number {
    const valueEnd = this.position + this.length;
    if (valueEnd > end) throw this.overrun(valueEnd, end);
    return valueEnd;
  }

  private u16(at: number, little: boolean): number {
    const low = this.bytes.buffer[at] as number;
    const high = this.bytes.buffer[at + 1] as number;
    return little ? low | (high << 8) : (low << 8) | high;
  }

  private implicit(start: number, encoding: Encoding): void {
    this.length = this.bytes.view.getUint32(start + 4, encoding.little);
    this.position = start + 8;
    const vr = dictionaryVr(this.group, this.element, this.signed);
    if (vr) this.traits = traitsOf(vr);
    else this.traits = this.isUndefinedLength && this.group !== 0xfffe ? traitsOf("SQ") : unknown;
  }

  private explicit(start: number, end: number, encoding: Encoding): void {
    const { buffer, view } = this.bytes;
    const first = buffer[start + 4] as number;
    const second = buffer[start + 5] as number;
    const traits = traitsByCode.get((first << 8) | second);
    if (traits && !traits.long) {
      this.traits = traits;
      this.length = this.u16(start + 6, encoding.little);
      this.position = start + 8;
      return;
    }
    if (first === questionMark && second === questionMark) {
      this.unknownShort(start, encoding);
      return;
    }
    // Writers that slip into implicit VR do so for single elements, mostly private ones.
    if (!traits && !(isUpperCase(first) && isUpperCase(second))) {
      this.implicit(start, encoding);
      return;
    }
    this.need(start + 12, end);
    this.length = view.getUint32(start + 8, encoding.little);
    this.position = start + 12;
    // PS3.5 §6.2: VRs of later editions have a 32-bit length.
    this.traits = traits ?? unknown;
    if (traits === unknown) this.refineUnknown();
  }

  /** `??`, as toolkits write a VR they do not know: with a length of 16 bits. */
  private unknownShort(start: number, encoding: Encoding): void {
    const vr = (this.group & 1) === 0 && dictionaryVr(this.group, this.element, this.signed);
    this.traits = vr ? traitsOf(vr) : unknown;
    this.length = this.u16(start + 6, encoding.little);
    this.position = start + 8;
  }

  /** UN of a standard attribute is written as implicit little endian would (PS3.5 §6.2.2 note 2, CP-246). */
  private refineUnknown(): void {
    const vr = dictionaryVr(this.group, this.element, this.signed);
    if (this.isUndefinedLength) this.traits = traitsOf("SQ");
    else if (vr && (this.group & 1) === 0) this.traits = traitsOf(vr);
    else return;
    this.encoding = implicitLittleEndian;
  }
}
