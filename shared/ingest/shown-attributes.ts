/** Attributes as an answer shows them: Lambda answers 6 MB at most, and nobody reads a value of a megabyte. */
import type { Dataset, Element } from "../dicom/json-model.ts";

const largestElement = 8 * 1024;
const largestInAll = 2 * 1024 * 1024;

/** An element without its value where that is too large to show. */
export function shownElement(element: Element): Element {
  return JSON.stringify(element).length > largestElement ? { vr: element.vr } : element;
}

export function shownAttributes(dataset: Dataset): Dataset {
  let left = largestInAll;
  const shown: Record<string, Element> = {};
  for (const [tag, element] of Object.entries(dataset)) {
    const one = shownElement(element);
    left -= JSON.stringify(one).length;
    if (left < 0) break;
    shown[tag] = one;
  }
  return shown;
}
