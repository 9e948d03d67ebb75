/** Keeps the JSON of one data set within what a function has the memory for, while it is made. */
import type { Element, Value } from "./json-model.ts";
import { DicomRejected } from "./rejected.ts";

/**
 * Memory the JSON may take, roughly: a few bytes of file can become a hundred of objects. Far above the largest real headers
 * (structure sets, enhanced multi-frame), well below what a function has.
 */
const memoryLimit = 256 * 1024 * 1024;
const memoryOf = { element: 256, item: 64, number: 8, mixed: 24, text: 32, name: 128, decoded: 16 } as const;

export class JsonMemory {
  private spent = 0;

  /** @param decoded bytes of the value that went through a decoder of text */
  spendOn(element: Element, decoded: number, offset: number): void {
    const { Value = [], InlineBinary = "" } = element;
    const values = weightOf(Value) + InlineBinary.length;
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

/** By what the values became, not by their VR: DS that is no number stays text, and makes objects of the numbers beside it. */
function weightOf(values: readonly Value[]): number {
  let [texts, names, characters] = [0, 0, 0];
  for (const value of values) {
    if (typeof value === "string") {
      texts++;
      characters += value.length;
    } else if (typeof value === "object" && value !== null) names++;
  }
  const others = values.length - texts - names;
  const number = others === values.length ? memoryOf.number : memoryOf.mixed;
  return texts * memoryOf.text + characters + names * memoryOf.name + others * number;
}
