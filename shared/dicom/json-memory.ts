/** Keeps the JSON of one data set within what a function has the memory for, while it is made. */
import type { Element } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";
import type { ValueKind } from "./value-representations.ts";

/**
 * Memory the JSON may take, roughly: a few bytes of file can become a hundred of objects. Far above the largest real headers
 * (structure sets, enhanced multi-frame), well below what a function has.
 */
const memoryLimit = 256 * 1024 * 1024;
const memoryOf = { element: 256, item: 64, number: 8, text: 32, name: 128, decoded: 16 } as const;

export class JsonMemory {
  private spent = 0;

  /** @param decoded bytes of the value that went through a decoder of text */
  spendOn(element: Element, kind: ValueKind, decoded: number, offset: number): void {
    const values = (element.Value?.length ?? 0) * weightOf(kind);
    this.spend(memoryOf.element + values + decoded * memoryOf.decoded, offset);
  }

  spendOnItem(offset: number): void {
    this.spend(memoryOf.item, offset);
  }

  private spend(bytes: number, offset: number): void {
    this.spent += bytes;
    if (this.spent > memoryLimit) throw new DicomRejected("header-limit", offset);
  }
}

function weightOf(kind: ValueKind): number {
  if (kind === "name") return memoryOf.name;
  return kind === "numbers" || kind === "decimal" ? memoryOf.number : memoryOf.text;
}
