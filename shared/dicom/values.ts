/** Bytes of one element to its JSON value (PS3.18 §F.2). */
import type { CharacterSet } from "./character-sets.ts";
import type { Element, Value } from "./json-model.ts";
import { withoutPadding } from "./padding.ts";
import { parsePersonName } from "./person-name.ts";
import type { ValueKind, Vr } from "./value-representations.ts";

/** Larger numbers and binary values are left in the file and referred to. */
const inlineBytes = 4096;
/** Text is kept up to the length any text VR but UT, UC and UR may have. */
const inlineTextBytes = 65_536;

export interface Bytes {
  readonly buffer: Buffer;
  readonly view: DataView;
}

export const viewOf = (bytes: Uint8Array): Bytes => ({
  buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

export interface VrTraits {
  readonly vr: Vr;
  readonly kind: ValueKind;
  readonly long: boolean;
  readonly localized: boolean;
  readonly size: number;
}

/** A value whose encoding its declaration does not settle; judged when the whole header is read. */
export interface Suspect {
  readonly element: { Value?: readonly Value[] };
  readonly traits: VrTraits;
  readonly bytes: Uint8Array;
  readonly characterSet: CharacterSet;
}

/** What reading text leaves behind for later. */
export interface TextLog {
  readonly suspects: Suspect[];
  /** Bytes that went through a decoder: those are slow compared with ASCII. */
  decoded: number;
}

/** The element of a defined-length value that is no sequence. `start` and `end` are bytes of `bytes`. */
export function readValue(
  bytes: Bytes,
  traits: VrTraits,
  start: number,
  end: number,
  littleEndian: boolean,
  characterSet: CharacterSet,
  log: TextLog,
): Element {
  if (end === start) return { vr: traits.vr };
  switch (traits.kind) {
    case "binary":
      return readBinary(bytes, traits, start, end, littleEndian);
    case "numbers":
    case "tags":
      if (end - start > inlineBytes) return bulkElement(traits.vr, start, end);
      return { vr: traits.vr, Value: readNumbers(bytes.view, traits, start, end, littleEndian) };
    default:
      return readText(bytes.buffer, traits, start, end, characterSet, log);
  }
}

export const bulkElement = (vr: Vr, start: number, end: number): Element => ({
  vr,
  BulkDataURI: `bulkdata/${start}-${end - start}`,
});

function readBinary(
  bytes: Bytes,
  traits: VrTraits,
  start: number,
  end: number,
  littleEndian: boolean,
): Element {
  if (end - start > inlineBytes) return bulkElement(traits.vr, start, end);
  const { size } = traits;
  if (littleEndian || size < 2)
    return { vr: traits.vr, InlineBinary: bytes.buffer.toString("base64", start, end) };
  const swapped = Buffer.from(bytes.buffer.subarray(start, end));
  for (let at = 0; at + size <= swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return { vr: traits.vr, InlineBinary: swapped.toString("base64") };
}

function readNumbers(view: DataView, traits: VrTraits, start: number, end: number, little: boolean): Value[] {
  const values: Value[] = [];
  const { vr, size } = traits;
  for (let at = start; at + size <= end; at += size) values.push(readNumber(view, vr, at, little));
  return values;
}

function readNumber(view: DataView, vr: Vr, at: number, little: boolean): Value {
  switch (vr) {
    case "US":
      return view.getUint16(at, little);
    case "SS":
      return view.getInt16(at, little);
    case "UL":
      return view.getUint32(at, little);
    case "SL":
      return view.getInt32(at, little);
    case "FL":
      return finite(view.getFloat32(at, little));
    case "FD":
      return finite(view.getFloat64(at, little));
    case "AT":
      return tagName(view.getUint16(at, little), view.getUint16(at + 2, little));
    default:
      return integer64(vr === "SV" ? view.getBigInt64(at, little) : view.getBigUint64(at, little));
  }
}

/** JSON has no such numbers; as strings they stay visible. It has no negative zero either. */
const finite = (value: number): Value => (Number.isFinite(value) ? value + 0 : String(value));
/** PS3.18 §F.2.3 allows SV and UV as strings: beyond 2^53 a JSON number loses digits. */
const integer64 = (value: bigint): Value =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

const upperHex = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");
export const tagName = (group: number, element: number): string => upperHex(group) + upperHex(element);

function readText(
  buffer: Buffer,
  traits: VrTraits,
  start: number,
  valueEnd: number,
  characterSet: CharacterSet,
  log: TextLog,
): Element {
  if (valueEnd - start > inlineTextBytes) return bulkElement(traits.vr, start, valueEnd);
  const end = unpadded(buffer, start, valueEnd);
  if (end === start) return { vr: traits.vr };
  if (!traits.localized || isPlain(buffer, start, end))
    return withValues(traits, valuesOf(traits.kind, buffer.toString("latin1", start, end)));
  const raw = buffer.subarray(start, end);
  const text = characterSet.decode(raw);
  log.decoded += raw.length;
  const element = withValues(traits, valuesOf(traits.kind, text));
  if (isSuspect(characterSet, raw, text)) log.suspects.push({ element, traits, bytes: raw, characterSet });
  return element;
}

function isSuspect(characterSet: CharacterSet, raw: Buffer, text: string): boolean {
  if (characterSet.belief === "utf-8") return text.includes("\ufffd");
  return characterSet.belief === "single-byte" && !raw.includes(0x1b);
}

const withValues = (traits: VrTraits, values: readonly Value[] | undefined): Element =>
  values ? { vr: traits.vr, Value: values } : { vr: traits.vr };

/** Padding is a space, or NUL in UI and in files of careless writers (PS3.5 §6.2). */
function unpadded(buffer: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && (buffer[last - 1] === 0x20 || buffer[last - 1] === 0)) last--;
  return last;
}

/** True where every character set agrees: ASCII without escape sequences. */
function isPlain(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = buffer[at] as number;
    if (byte >= 0x80 || byte === 0x1b) return false;
  }
  return true;
}

/** Values of decoded text; undefined where they are all empty. */
export function valuesOf(kind: ValueKind, text: string): readonly Value[] | undefined {
  if (kind === "text") return text.trim() === "" ? undefined : [text.trimEnd()];
  const convert = converterOf(kind);
  if (!text.includes("\\")) {
    const value = convert(text);
    return value === null ? undefined : [value];
  }
  return text.split("\\").map(convert);
}

const trimmed = (text: string): Value => {
  const value = withoutPadding(text);
  return value === "" ? null : value;
};

function converterOf(kind: ValueKind): (text: string) => Value {
  if (kind === "name") return (text) => parsePersonName(text) ?? null;
  return kind === "decimal" ? decimal : trimmed;
}

/** DS and IS as numbers where they are numbers; what is no number stays text rather than being lost. */
function decimal(text: string): Value {
  const value = trimmed(text);
  if (value === null) return null;
  const number = Number(value);
  return Number.isFinite(number) && /^[-+.\deE]+$/.test(value as string) ? number + 0 : value;
}
