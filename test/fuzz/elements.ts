/** Where elements, items and fragments of a file lie, so that mutations hit structure and not only bytes. */
import { ElementCursor, type Encoding, isFault } from "../../shared/dicom/element-cursor.ts";
import { readMetaToFault } from "../../shared/dicom/file-meta.ts";
import { textOf } from "../../shared/dicom/json-model.ts";
import { transferSyntaxes } from "../../shared/dicom/transfer-syntaxes.ts";
import { viewOf } from "../../shared/dicom/values.ts";

export interface Place {
  readonly tag: string;
  /** First byte of the tag. */
  readonly start: number;
  /** Bytes 4 and 5 are a VR. */
  readonly explicit: boolean;
  /** First byte of the length, and how many it has. */
  readonly lengthAt: number;
  readonly lengthBytes: 2 | 4;
  readonly value: number;
  /** First byte after the value; of a sequence or of encapsulated pixels after the header only. */
  readonly end: number;
}

const most = 3000;

/** Elements in order, those of items among them; ends where the structure cannot be followed. Deflated data sets have none. */
export function placesIn(bytes: Uint8Array): readonly Place[] {
  const file = viewOf(bytes);
  const { meta, datasetOffset, part10 } = readMetaToFault(file, bytes.length);
  const syntax = transferSyntaxes.get(textOf(meta, "00020010") ?? "");
  const places: Place[] = [];
  const explicitLittle = { explicit: true, little: true };
  follow(new ElementCursor(file, datasetOffset, part10 ? 132 : 0), explicitLittle, places);
  if (syntax?.deflated) return places;
  const encoding = { explicit: syntax?.explicit ?? false, little: syntax?.littleEndian ?? true };
  follow(new ElementCursor(file, bytes.length, datasetOffset), encoding, places);
  return places;
}

function follow(cursor: ElementCursor, encoding: Encoding, places: Place[]): void {
  try {
    while (cursor.position < cursor.total && places.length < most) {
      const start = cursor.position;
      cursor.next(cursor.total, encoding);
      places.push(placeOf(cursor, start, encoding));
      const container =
        cursor.isUndefinedLength || cursor.traits.kind === "items" || cursor.tag === "FFFEE000";
      if (!container) cursor.position = Math.min(cursor.total, cursor.position + cursor.length);
    }
  } catch (error) {
    if (!isFault(error)) throw error;
  }
}

function placeOf(cursor: ElementCursor, start: number, { explicit }: Encoding): Place {
  const value = cursor.position;
  const short = value - start === 8 && explicit && cursor.group !== 0xfffe;
  const lengthBytes = short ? 2 : 4;
  const end = cursor.isUndefinedLength ? value : Math.min(cursor.total, value + cursor.length);
  return {
    tag: cursor.tag,
    start,
    explicit: explicit && cursor.group !== 0xfffe,
    lengthAt: value - lengthBytes,
    lengthBytes,
    value,
    end,
  };
}
