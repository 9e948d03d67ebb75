/** Walks a data set up to Pixel Data and makes DICOM JSON of it on the way. */
import { type CharacterSet, characterSetOf, trustedCharacterSet } from "./character-sets.ts";
import { ElementCursor, type Encoding, isFault } from "./element-cursor.ts";
import { JsonMemory } from "./json-memory.ts";
import type { Dataset, Element } from "./json-model.ts";
import { atEnd, type PixelData, pixelDataAt } from "./pixel-data.ts";
import { DicomRejected } from "./rejected.ts";
import { type Bytes, bulkElement, readValue, type TextLog } from "./values.ts";
import type { Assigned, Interrupted, Walked } from "./walked.ts";

/** Real data sets nest sequences less than ten deep. */
const nestingLimit = 128;

type OpenDataset = Record<string, Element>;

/**
 * @param total bytes there are in all, of which `bytes` may be a prefix; Infinity where not known
 * @throws DicomRejected, or MoreBytes where the prefix is too short
 */
export function walkDataset(
  bytes: Bytes,
  total: number,
  start: number,
  encoding: Encoding,
  assigned?: Assigned,
): Walked {
  return new Walker(new ElementCursor(bytes, total, start), assigned).walk(encoding);
}

/** As `walkDataset`, but answers what lies before the fault, sequences that were open included, and the fault beside it. */
export function walkToFault(
  bytes: Bytes,
  total: number,
  start: number,
  encoding: Encoding,
): Walked | Interrupted {
  return new Walker(new ElementCursor(bytes, total, start), undefined).walkToFault(encoding);
}

interface OpenSequence {
  readonly parent: OpenDataset;
  readonly tag: string;
  readonly items: Dataset[];
}

class Walker {
  private readonly cursor: ElementCursor;
  private readonly assigned: Assigned;
  private readonly log: TextLog = { suspects: [], decoded: 0 };
  private readonly dataset: OpenDataset = {};
  private readonly open: OpenSequence[] = [];
  private readonly offsets = new Map<string, number>();
  private characterSet: CharacterSet;
  private declared: readonly string[] = [];
  private readonly memory = new JsonMemory();

  constructor(cursor: ElementCursor, assigned: Assigned) {
    this.cursor = cursor;
    this.assigned = assigned;
    this.characterSet = assigned ? trustedCharacterSet(assigned) : characterSetOf([]);
  }

  walk(encoding: Encoding): Walked {
    const { cursor } = this;
    let pixelData: PixelData | undefined;
    while (!pixelData && !atEnd(cursor)) {
      const start = cursor.position;
      cursor.next(cursor.total, encoding);
      if (cursor.group === 0x7fe0) pixelData = pixelDataAt(cursor);
      if (pixelData || cursor.group === 0xfffe) continue;
      this.offsets.set(cursor.tag, start);
      const element = this.value(cursor.total, this.dataset, this.characterSet);
      this.characterSet = this.add(this.dataset, element, this.characterSet);
    }
    return this.walked(pixelData);
  }

  walkToFault(encoding: Encoding): Walked | Interrupted {
    try {
      return this.walk(encoding);
    } catch (error) {
      if (!isFault(error)) throw error;
      for (const { parent, tag, items } of this.open) parent[tag] = { vr: "SQ", Value: items };
      return { ...this.walked(undefined), error };
    }
  }

  private walked(pixelData: PixelData | undefined): Walked {
    const { dataset, log, offsets } = this;
    const { suspects } = log;
    const characterSet = { ...this.characterSet, declared: this.declared };
    return { dataset, pixelData, characterSet, suspects, decoded: log.decoded > 0, offsets };
  }

  private add(dataset: OpenDataset, element: Element | undefined, inForce: CharacterSet): CharacterSet {
    const { cursor } = this;
    if (!element) return inForce;
    if (cursor.group === 0x0008 && cursor.element === 0x0005) {
      // The JSON is UTF-8, and says so (PS3.18 §F.2).
      dataset["00080005"] = element.Value ? { vr: "CS", Value: ["ISO_IR 192"] } : element;
      return this.setDeclared(
        dataset,
        (element.Value ?? []).map((value) => String(value ?? "")),
      );
    }
    if (cursor.group === 0x0028 && cursor.element === 0x0103) cursor.signed = element.Value?.[0] === 1;
    dataset[cursor.tag] = element;
    return inForce;
  }

  /** What was assigned stands in for the file's own declaration, also where items repeat it. */
  private setDeclared(dataset: OpenDataset, terms: readonly string[]): CharacterSet {
    if (dataset === this.dataset) this.declared = terms;
    if (!this.assigned) return characterSetOf(terms);
    return trustedCharacterSet(terms.join("\\") === this.declared.join("\\") ? this.assigned : terms);
  }

  /** Value of the current element; undefined where the JSON model has no place for it. Leaves group and element as they were. */
  private value(end: number, parent: OpenDataset, characterSet: CharacterSet): Element | undefined {
    const { cursor } = this;
    const { traits, encoding, group, element } = cursor;
    if (traits.kind === "items") {
      const items = this.items(end, parent, encoding, characterSet);
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
    this.memory.spendOn(read, this.log.decoded - decoded, valueEnd);
    return read;
  }

  private items(end: number, parent: OpenDataset, encoding: Encoding, characterSet: CharacterSet): Dataset[] {
    const { cursor } = this;
    if (this.open.length >= nestingLimit)
      throw new DicomRejected("nesting-limit", cursor.position, cursor.tag);
    const open = cursor.isUndefinedLength;
    const items: Dataset[] = [];
    this.open.push({ parent, tag: cursor.tag, items });
    const sequenceEnd = open ? end : cursor.valueEnd(end);
    while (open || cursor.position < sequenceEnd) {
      cursor.next(sequenceEnd, encoding);
      if (cursor.group !== 0xfffe) throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
      if (cursor.element === 0xe0dd) break;
      if (cursor.element === 0xe000) this.item(items, sequenceEnd, encoding, characterSet);
    }
    if (!open) cursor.position = sequenceEnd;
    this.open.pop();
    return items;
  }

  private item(items: Dataset[], end: number, encoding: Encoding, inherited: CharacterSet): void {
    const { cursor } = this;
    const open = cursor.isUndefinedLength;
    const itemEnd = open ? end : cursor.valueEnd(end);
    const dataset: OpenDataset = {};
    items.push(dataset);
    this.memory.spendOnItem(cursor.position);
    let characterSet = inherited;
    const { signed } = cursor;
    while (open || cursor.position < itemEnd) {
      cursor.next(itemEnd, encoding);
      if (cursor.group === 0xfffe) {
        if (cursor.element === 0xe00d) break;
        throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
      }
      characterSet = this.add(dataset, this.value(itemEnd, dataset, characterSet), characterSet);
    }
    cursor.signed = signed;
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
