/** A data set as a Part 10 file (PS3.10 §7), by dcmjs. */
import { data } from "dcmjs";
import { element, type SourceDataset } from "./elements.ts";

/** A UUID-derived UID of this project, as in `dicom/write.ts`. */
const implementationClassUid = "2.25.183957264011903446217803528846150113405";

export function writeObject(dataset: SourceDataset, transferSyntaxUid: string): Uint8Array {
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
  // One fragment a frame (PS3.5 §A.4): dcmjs would cut it in pieces of 20 KB.
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

/** dcmjs takes bytes as an ArrayBuffer of exactly their length. */
const asBuffer = (value: unknown): unknown =>
  value instanceof Uint8Array ? new Uint8Array(value).buffer : value;
