/** Where the top-level elements of a data set lie, so that some can be replaced and all others stay byte for byte. */
import { ElementCursor, type Encoding } from "./element-cursor.ts";
import { DicomRejected } from "./rejected.ts";
import type { Vr } from "./value-representations.ts";
import { viewOf } from "./values.ts";

export interface ElementSpan {
  readonly tag: string;
  readonly vr: Vr;
  /** First byte of the tag. */
  readonly start: number;
  /** First byte of the value. */
  readonly value: number;
  /** First byte after the element. */
  readonly end: number;
  readonly undefinedLength: boolean;
  /** How the value is written: sequences of VR UN hold implicit little endian. */
  readonly encoding: Encoding;
}

/**
 * Spans up to the pixels, or to the end of what is no longer elements.
 * @param dataset the whole data set, of a file that the reader has read
 * @throws DicomRejected
 */
export function elementSpans(dataset: Uint8Array, encoding: Encoding): readonly ElementSpan[] {
  const cursor = new ElementCursor(viewOf(dataset), dataset.length, 0);
  const spans: ElementSpan[] = [];
  while (cursor.position + 8 <= dataset.length) {
    const start = cursor.position;
    cursor.next(dataset.length, encoding);
    // Trailing padding reads as group 0; item tags outside a sequence are nothing to keep in order.
    if (cursor.group === 0x7fe0 || cursor.group === 0xfffe || cursor.group === 0) break;
    const { tag, position: value, isUndefinedLength } = cursor;
    const { vr } = cursor.traits;
    const inner = cursor.encoding;
    skipValue(cursor);
    const end = cursor.position;
    spans.push({ tag, vr, start, value, end, undefinedLength: isUndefinedLength, encoding: inner });
  }
  return spans;
}

/** Nesting is bounded by the reader, which has walked the same bytes. */
function skipValue(cursor: ElementCursor): void {
  const end = cursor.total;
  if (!cursor.isUndefinedLength) {
    cursor.position = cursor.valueEnd(end);
    return;
  }
  const { encoding } = cursor;
  for (;;) {
    cursor.next(end, encoding);
    if (cursor.group !== 0xfffe) throw new DicomRejected("damaged-structure", cursor.position, cursor.tag);
    if (cursor.element === 0xe0dd) return;
    if (cursor.element !== 0xe000) continue;
    if (cursor.isUndefinedLength) skipItem(cursor, encoding);
    else cursor.position = cursor.valueEnd(end);
  }
}

function skipItem(cursor: ElementCursor, encoding: Encoding): void {
  for (;;) {
    cursor.next(cursor.total, encoding);
    if (cursor.group === 0xfffe && cursor.element === 0xe00d) return;
    skipValue(cursor);
  }
}
