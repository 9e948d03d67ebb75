/** Brings lookup tables that were left in the file into the dataset: a thumbnail needs them. */
import { type Attribute, type Dataset, items } from "./attributes.ts";

/** Palettes, plain and segmented. */
const paletteTags = ["00281201", "00281202", "00281203", "00281221", "00281222", "00281223"] as const;
/** Modality LUT and VOI LUT sequences; their items hold LUT Data. */
const sequenceTags = ["00283000", "00283010"] as const;
const lutData = "00283006";
/** 65536 entries of two bytes. */
export const maxTableBytes = 131072;

/** Reads what a `BulkDataURI` refers to, little-endian; undefined when it cannot be read. */
export type ReadTable = (attribute: Attribute) => Promise<Uint8Array | undefined>;

/** The dataset with every lookup table inline. */
export async function withLookupTables<T extends Dataset>(dataset: T, read: ReadTable): Promise<Dataset> {
  const out: Record<string, Attribute | undefined> = { ...dataset };
  for (const tag of paletteTags) out[tag] = await inlined(dataset[tag], read);
  for (const tag of sequenceTags) {
    const [first] = items(dataset, tag);
    if (first === undefined) continue;
    const data = await inlined(first[lutData], read);
    out[tag] = { vr: "SQ", Value: [{ ...first, [lutData]: data }] };
  }
  return out;
}

async function inlined(attribute: Attribute | undefined, read: ReadTable): Promise<Attribute | undefined> {
  if (attribute?.BulkDataURI === undefined) return attribute;
  const bytes = await read(attribute);
  if (bytes === undefined) return undefined;
  return { vr: attribute.vr, InlineBinary: Buffer.from(bytes).toString("base64") };
}
