/** A data set as a Part 10 file (PS3.10 §7), by dcmjs; its pixels, which dcmjs would copy several times, are put behind it. */
import { data } from "dcmjs";
import { element, type SourceDataset } from "./elements.ts";

/** A UUID-derived UID of this project, as in `dicom/write.ts`. */
const implementationClassUid = "2.25.183957264011903446217803528846150113405";

/** Pixel Data (7FE0,0010), in elements of explicit VR little endian. */
export interface SourcePixels {
  readonly vr: "OB" | "OW";
  /** One frame, in one fragment (PS3.5 §A.4). */
  readonly encapsulated: boolean;
  readonly bytes: Uint8Array;
}

/** `dataset`: nothing in it comes after Pixel Data. */
export function writeObject(
  dataset: SourceDataset,
  transferSyntaxUid: string,
  pixels?: SourcePixels,
): Uint8Array {
  const file = new data.DicomDict({
    "00020001": { vr: "OB", Value: [Uint8Array.of(0, 1).buffer] },
    "00020002": dataset["00080016"] ?? element("UI"),
    "00020003": dataset["00080018"] ?? element("UI"),
    "00020010": element("UI", transferSyntaxUid),
    "00020012": element("UI", implementationClassUid),
  });
  file.dict = Object.fromEntries(
    Object.entries(dataset).map(([tag, { vr, Value }]) => [tag, { vr, Value: Value.map(asBuffer) }]),
  );
  const described = new Uint8Array(file.write({ fragmentMultiframe: false }));
  return pixels ? Buffer.concat([described, ...pixelElement(pixels)]) : described;
}

/** dcmjs takes bytes as an ArrayBuffer of exactly their length. */
const asBuffer = (value: unknown): unknown =>
  value instanceof Uint8Array ? new Uint8Array(value).buffer : value;

const undefinedLength = 0xffffffff;

function pixelElement({ vr, encapsulated, bytes }: SourcePixels): readonly Uint8Array[] {
  const padding = new Uint8Array(bytes.length % 2);
  const length = bytes.length + padding.length;
  const element = (of: number) =>
    Buffer.concat([Uint8Array.of(0xe0, 0x7f, 0x10, 0), Buffer.from(`${vr}\0\0`), uint32(of)]);
  if (!encapsulated) return [element(length), bytes, padding];
  const offsetTable = [item(0x00, 4), uint32(0)];
  return [element(undefinedLength), ...offsetTable, item(0x00, length), bytes, padding, item(0xdd, 0)];
}

/** PS3.5 §7.5: an Item (FFFE,E000), or the Sequence Delimitation Item (FFFE,E0DD). */
const item = (element: 0x00 | 0xdd, length: number): Uint8Array =>
  Buffer.concat([Uint8Array.of(0xfe, 0xff, element, 0xe0), uint32(length)]);

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
