/** Walks a data set up to Pixel Data and makes DICOM JSON of it on the way. */
import { type CharacterSet, characterSetOf } from "./character-sets.ts";
import { ElementCursor, type Encoding } from "./element-cursor.ts";
import type { Dataset, Element } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import type { Vr } from "./value-representations.ts";
import { type Bytes, bulkElement, readValue, type Suspect, type TextLog, type VrTraits } from "./values.ts";

/** Real data sets nest sequences less than ten deep. */
const nestingLimit = 128;

/**
 * Memory the JSON may take, roughly: a few bytes of file can become a hundred of objects. Far above the largest real headers
 * (structure sets, enhanced multi-frame), well below what a function has.
 */
const memoryLimit = 256 * 1024 * 1024;
const memoryOf = { element: 256, item: 64, number: 8, text: 32, name: 128, decoded: 16 } as const;

type OpenDataset = Record<string, Element>;

export interface PixelData {
  readonly vr: Vr;
  /** First byte of the pixels or, encapsulated, of the Basic Offset Table's item. */
  readonly offset: number;
  /** Bytes there are; undefined where encapsulated. */
  readonly length: number | undefined;
  readonly encapsulated: boolean;
  /** Of 7FE00010, 7FE00008 (Float) and 7FE00009 (Double Float). */
  readonly tag: "7FE00010" | "7FE00008" | "7FE00009";
  /** The file ends before the declared length. */
  readonly truncated: boolean;
}

export interface Walked {
  readonly dataset: Dataset;
  readonly pixelData: PixelData | undefined;
  readonly characterSet: CharacterSet;
  readonly suspects: readonly Suspect[];
}

/**
 * @param total bytes there are in all, of which `bytes` may be a prefix; Infinity where not known
 * @throws DicomRejected, or MoreBytes where the prefix is too short
 */
export function walkDataset(bytes: Bytes, total: number, start: number, encoding: Encoding): Walked {
  const walker = new Walker(new ElementCursor(bytes, total, start));
  return walker.walk(encoding);
}

class Walker {
  private readonly cursor: ElementCursor;
  private readonly log: TextLog = { suspects: [], decoded: 0 };
  private memory = 0;

  constructor(cursor: ElementCursor) {
    this.cursor = cursor;
  }

  walk(encoding: Encoding): Walked {
    const { cursor } = this;
    const dataset: OpenDataset = {};
    let characterSet = characterSetOf([]);
    let pixelData: PixelData | undefined;
    while (!pixelData && !this.atEnd()) {
      cursor.next(cursor.total, encoding);
      if (cursor.group === 0x7fe0) pixelData = this.pixelData();
      if (pixelData || cursor.group === 0xfffe) continue;
      const element = this.value(cursor.total, 0, characterSet);
      characterSet = this.add(dataset, element, characterSet);
    }
    return { dataset, pixelData, characterSet, suspects: this.log.suspects };
  }

  /** The end of the data, or padding without Data Set Trailing Padding around it. */
  private atEnd(): boolean {
    const { position, total, bytes } = this.cursor;
    if (position >= total) return true;
    if (position + 8 > bytes.buffer.length && total > bytes.buffer.length) return false;
    const rest = bytes.buffer.subarray(position, position + 8);
    return rest.every((byte) => byte === 0) || (rest.length < 8 && rest.every((byte) => byte === 0x20));
  }

  private pixelData(): PixelData | undefined {
    const { cursor } = this;
    const { tag } = cursor;
    if (tag !== "7FE00010" && tag !== "7FE00008" && tag !== "7FE00009") return undefined;
    const encapsulated = cursor.isUndefinedLength;
    const available = Math.max(0, cursor.total - cursor.position);
    return {
      vr: cursor.traits.vr,
      offset: cursor.position,
      length: encapsulated ? undefined : Math.min(cursor.length, available),
      encapsulated,
      tag,
      truncated: !encapsulated && cursor.length > available,
    };
  }

  private add(dataset: OpenDataset, element: Element | undefined, inForce: CharacterSet): CharacterSet {
    const { cursor } = this;
    if (!element) return inForce;
    if (cursor.group === 0x0008 && cursor.element === 0x0005) {
      // The JSON is UTF-8, and says so (PS3.18 §F.2).
      dataset["00080005"] = element.Value ? { vr: "CS", Value: ["ISO_IR 192"] } : element;
      return characterSetOf((element.Value ?? []).map((value) => String(value ?? "")));
    }
    if (cursor.group === 0x0028 && cursor.element === 0x0103) cursor.signed = element.Value?.[0] === 1;
    dataset[cursor.tag] = element;
    return inForce;
  }

  /** Value of the current element; undefined where the JSON model has no place for it. Leaves group and element as they were. */
  private value(end: number, depth: number, characterSet: CharacterSet): Element | undefined {
    const { cursor } = this;
    const { traits, encoding, group, element } = cursor;
    if (traits.kind === "items") {
      const items = this.items(end, depth, encoding, characterSet);
      cursor.group = group;
      cursor.element = element;
      return items.length > 0 ? { vr: "SQ", Value: items } : { vr: "SQ" };
    }
    if (cursor.isUndefinedLength) return this.fragments(end);
    const start = cursor.position;
    const valueEnd = cursor.valueEnd(end);
    cursor.need(valueEnd, end);
    cursor.position = valueEnd;
    // Group lengths and padding are no part of the JSON model (PS3.18 §F.2.2).
    if (element === 0 || (group === 0xfffc && element === 0xfffc)) return undefined;
    const { decoded } = this.log;
    const read = readValue(cursor.bytes, traits, start, valueEnd, encoding.little, characterSet, this.log);
    const values = (read.Value?.length ?? 0) * weightOf(traits);
    this.spend(memoryOf.element + values + (this.log.decoded - decoded) * memoryOf.decoded);
    return read;
  }

  private spend(bytes: number): void {
    this.memory += bytes;
    if (this.memory > memoryLimit) throw new DicomRejected("header-limit", this.cursor.position);
  }

  private items(end: number, depth: number, encoding: Encoding, characterSet: CharacterSet): Dataset[] {
    const { cursor } = this;
    if (depth >= nestingLimit) throw new DicomRejected("nesting-limit", cursor.position, cursor.tag);
    const open = cursor.isUndefinedLength;
    const sequenceEnd = open ? end : cursor.valueEnd(end);
    const items: Dataset[] = [];
    while (open || cursor.position < sequenceEnd) {
      cursor.next(sequenceEnd, encoding);
      if (cursor.group !== 0xfffe) throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
      if (cursor.element === 0xe0dd) break;
      if (cursor.element === 0xe000) items.push(this.item(sequenceEnd, depth + 1, encoding, characterSet));
    }
    if (!open) cursor.position = sequenceEnd;
    return items;
  }

  private item(end: number, depth: number, encoding: Encoding, inherited: CharacterSet): Dataset {
    const { cursor } = this;
    const open = cursor.isUndefinedLength;
    const itemEnd = open ? end : cursor.valueEnd(end);
    const dataset: OpenDataset = {};
    this.spend(memoryOf.item);
    let characterSet = inherited;
    const { signed } = cursor;
    while (open || cursor.position < itemEnd) {
      cursor.next(itemEnd, encoding);
      if (cursor.group === 0xfffe) {
        if (cursor.element === 0xe00d) break;
        throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
      }
      characterSet = this.add(dataset, this.value(itemEnd, depth, characterSet), characterSet);
    }
    cursor.signed = signed;
    return dataset;
  }

  /** Encapsulated Pixel Data of an icon: skipped over, fragment by fragment. */
  private fragments(end: number): Element {
    const { cursor } = this;
    const { traits, encoding, group, element } = cursor;
    const start = cursor.position;
    if (traits.kind !== "binary") throw new DicomRejected("length-overrun", start, cursor.tag);
    do {
      cursor.next(end, encoding);
      if (cursor.group !== 0xfffe) throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
      cursor.position = cursor.valueEnd(end);
    } while (cursor.element !== 0xe0dd);
    cursor.group = group;
    cursor.element = element;
    return bulkElement(traits.vr, start, cursor.position);
  }
}

function weightOf({ kind }: VrTraits): number {
  if (kind === "name") return memoryOf.name;
  return kind === "numbers" || kind === "decimal" ? memoryOf.number : memoryOf.text;
}
