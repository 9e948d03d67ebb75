/** Writes small Part 10 files (PS3.10 §7) in explicit VR little endian, and elements in any encoding. */
import type { Encoding } from "./element-cursor.ts";
import { encodeGb18030 } from "./gb18030-encode.ts";
import { representationOf, type Vr } from "./value-representations.ts";

export type WriteValue =
  | string
  | number
  | readonly string[]
  | readonly number[]
  /** Bytes as they are, for any VR. */
  | Uint8Array
  /** Items of a sequence. */
  | readonly (readonly WriteElement[])[]
  /** Encapsulated pixel data (PS3.5 §A.4): the first fragment is the Basic Offset Table, possibly empty. */
  | { readonly fragments: readonly Uint8Array[] };

export interface WriteElement {
  /** Eight hexadecimal digits, such as `00100010`. */
  readonly tag: string;
  readonly vr: Vr;
  /** Left out: an empty element. */
  readonly value?: WriteValue;
}

export interface WriteOptions {
  /** Default explicit VR little endian. The data set is written explicit little endian whatever it says. */
  readonly transferSyntaxUid?: string;
  /** How text is encoded; also written as Specific Character Set when the elements hold none. Default ISO_IR 192. */
  readonly characterSet?: "ISO_IR 192" | "GB18030";
}

type EncodeText = (text: string) => Uint8Array;

interface Style {
  readonly encoding: Encoding;
  readonly text: EncodeText;
}

const explicitLittleEndian = "1.2.840.10008.1.2.1";
/** PS3.7 §D.3.3.2; a UUID-derived UID of this project. */
export const implementationClassUid = "2.25.183957264011903446217803528846150113405";
const undefinedLength = 0xffffffff;

/**
 * A whole Part 10 file. Elements may come in any order and are written ascending; SOP Class and SOP Instance UID are
 * taken from them for the file meta information.
 *
 * @example writePart10([{ tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" }, …])
 */
export function writePart10(elements: readonly WriteElement[], options: WriteOptions = {}): Uint8Array {
  const characterSet = options.characterSet ?? "ISO_IR 192";
  const utf8 = new TextEncoder();
  const text: EncodeText = characterSet === "GB18030" ? encodeGb18030 : (value) => utf8.encode(value);
  const style: Style = { encoding: { explicit: true, little: true }, text };
  const declared = elements.some((element) => element.tag === "00080005");
  const all: readonly WriteElement[] = declared
    ? elements
    : [...elements, { tag: "00080005", vr: "CS", value: characterSet }];
  const textAt = (tag: string): WriteValue => all.find((element) => element.tag === tag)?.value ?? "";
  const meta = writeElements(
    [
      { tag: "00020001", vr: "OB", value: Uint8Array.of(0, 1) },
      { tag: "00020002", vr: "UI", value: textAt("00080016") },
      { tag: "00020003", vr: "UI", value: textAt("00080018") },
      { tag: "00020010", vr: "UI", value: options.transferSyntaxUid ?? explicitLittleEndian },
      { tag: "00020012", vr: "UI", value: implementationClassUid },
    ],
    style,
  );
  const groupLength = writeElement({ tag: "00020000", vr: "UL", value: meta.length }, style);
  const prefix = new Uint8Array(132);
  prefix.set(utf8.encode("DICM"), 128);
  return concatenate([prefix, groupLength, meta, writeElements(all, style)]);
}

/** Elements ascending as they stand in a data set of this encoding; text is ASCII or UTF-8. */
export function encodeElements(elements: readonly WriteElement[], encoding: Encoding): Uint8Array {
  const utf8 = new TextEncoder();
  return writeElements(elements, { encoding, text: (value) => utf8.encode(value) });
}

/** Elements of a data set without file meta information, ascending. */
function writeElements(elements: readonly WriteElement[], style: Style): Uint8Array {
  const ascending = [...elements].sort((a, b) => (a.tag.toUpperCase() < b.tag.toUpperCase() ? -1 : 1));
  return concatenate(ascending.map((element) => writeElement(element, style)));
}

function writeElement(element: WriteElement, style: Style): Uint8Array {
  const { explicit, little } = style.encoding;
  const { long } = representationOf(element.vr);
  const value = encodeValue(element, style);
  const header = new Uint8Array(explicit && long ? 12 : 8);
  const view = new DataView(header.buffer);
  writeTag(view, 0, element.tag, little);
  const length = value.undefinedLength ? undefinedLength : value.bytes.length;
  if (!explicit) {
    view.setUint32(4, length, little);
    return concatenate([header, value.bytes]);
  }
  header.set([element.vr.charCodeAt(0), element.vr.charCodeAt(1)], 4);
  if (!long && value.bytes.length > 0xffff)
    throw new RangeError(
      `${element.tag} ${element.vr}: a value of ${value.bytes.length} bytes needs a long VR`,
    );
  if (long) view.setUint32(8, length, little);
  else view.setUint16(6, length, little);
  return concatenate([header, value.bytes]);
}

interface Encoded {
  readonly bytes: Uint8Array;
  readonly undefinedLength?: true;
}

function encodeValue({ vr, value }: WriteElement, style: Style): Encoded {
  if (value === undefined) return { bytes: new Uint8Array(0) };
  if (value instanceof Uint8Array) return { bytes: padded(value, vr === "UI" ? 0 : padOf(vr)) };
  if (typeof value === "object" && "fragments" in value)
    return { bytes: encapsulate(value.fragments), undefinedLength: true };
  if (vr === "SQ") return { bytes: writeItems(value as readonly (readonly WriteElement[])[], style) };
  const values = (Array.isArray(value) ? value : [value]) as readonly (string | number)[];
  const { kind } = representationOf(vr);
  if (kind === "numbers" || kind === "tags")
    return { bytes: encodeNumbers(vr, values, style.encoding.little) };
  return { bytes: padded(style.text(values.join("\\")), padOf(vr)) };
}

const padOf = (vr: Vr): number => {
  const { kind } = representationOf(vr);
  return kind === "uid" || kind === "binary" ? 0 : 0x20;
};

function padded(bytes: Uint8Array, pad: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : concatenate([bytes, Uint8Array.of(pad)]);
}

function encodeNumbers(vr: Vr, values: readonly (string | number)[], little: boolean): Uint8Array {
  const size = representationOf(vr).size ?? 1;
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, index) => {
    const at = index * size;
    if (vr === "AT") writeTag(view, at, String(value), little);
    else if (vr === "FD") view.setFloat64(at, Number(value), little);
    else if (vr === "FL") view.setFloat32(at, Number(value), little);
    else if (size === 8) view.setBigInt64(at, BigInt(value), little);
    else if (size === 4) view.setInt32(at, Number(value), little);
    else view.setInt16(at, Number(value), little);
  });
  return new Uint8Array(view.buffer);
}

function writeTag(view: DataView, at: number, tag: string, little: boolean): void {
  view.setUint16(at, Number.parseInt(tag.slice(0, 4), 16), little);
  view.setUint16(at + 2, Number.parseInt(tag.slice(4), 16), little);
}

function writeItems(items: readonly (readonly WriteElement[])[], style: Style): Uint8Array {
  const { little } = style.encoding;
  return concatenate(items.flatMap((item) => itemOf(writeElements(item, style), little)));
}

function encapsulate(fragments: readonly Uint8Array[]): Uint8Array {
  const delimiter = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
  return concatenate([...fragments.flatMap((fragment) => itemOf(padded(fragment, 0))), delimiter]);
}

/** PS3.5 §7.5: item tag and length before the bytes. */
export function itemOf(bytes: Uint8Array, little = true): readonly Uint8Array[] {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  writeTag(view, 0, "FFFEE000", little);
  view.setUint32(4, bytes.length, little);
  return [header, bytes];
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
