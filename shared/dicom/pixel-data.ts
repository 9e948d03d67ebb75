/** Where a data set ends, and where its pixels lie. */
import type { ElementCursor } from "./element-cursor.ts";
import type { Vr } from "./value-representations.ts";

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

/** The pixels, where the cursor has just read such an element's header. */
export function pixelDataAt(cursor: ElementCursor): PixelData | undefined {
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

/** The end of the data, or padding without Data Set Trailing Padding around it. */
export function atEnd({ position, total, bytes }: ElementCursor): boolean {
  if (position >= total) return true;
  if (position + 8 > bytes.buffer.length && total > bytes.buffer.length) return false;
  const rest = bytes.buffer.subarray(position, position + 8);
  return rest.every((byte) => byte === 0) || (rest.length < 8 && rest.every((byte) => byte === 0x20));
}
