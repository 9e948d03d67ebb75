/** One frame out of a real file, the way derive finds it. */
import { openOriginal } from "../../../shared/derive/open-original.ts";
import { readFrames } from "../../../shared/derive/read-frames.ts";
import { decoders } from "../../../shared/pixels/decode-frame.ts";
import { readImagePixel } from "../../../shared/pixels/image-pixel.ts";
import { withLookupTables } from "../../../shared/pixels/lookup-data.ts";
import { memoryObjects } from "../../support/memory/objects.ts";
import type { RealFile } from "../../support/real-files.ts";

const ref = { bucket: "landing", key: "file" } as const;

/** A file whose pixels can be read, with its frames and what it takes to decode and show them. */
export async function openFrames(file: RealFile) {
  const bytes = file.bytes();
  const objects = memoryObjects();
  await objects.put(ref, bytes, { contentType: "application/dicom" });
  const original = await openOriginal(objects, ref, bytes.length);
  const { pixelData, transferSyntaxUid } = original.header;
  const decoder = decoders[transferSyntaxUid];
  if (pixelData === undefined || decoder === undefined) throw new Error(`${file.path}: no frames to read`);
  const image = readImagePixel(original.header.dataset, pixelData);
  if ("unavailable" in image) throw new Error(`${file.path}: ${image.unavailable}`);
  const dataset = await withLookupTables(original.header.dataset, original.readTable);
  const frames = readFrames(original, pixelData, image, decoder);
  return { frames, image, dataset, element: pixelData, transferSyntaxUid };
}

/** Its first frame. */
export async function firstFrame(file: RealFile) {
  const { frames, ...opened } = await openFrames(file);
  for await (const frame of frames) return { ...opened, ...frame };
  throw new Error(`${file.path}: no frame`);
}

/** Its codestream's size is overwritten: the reference's decoder answers with noise, all others refuse. */
const noise = "files/nm/j2k__pydicom__JPEG2000-embedded-sequence-delimiter.dcm";

/** Files with reference pixels in a transfer syntax that has a decoder, and headers nobody may refuse. */
export function decodable(files: readonly RealFile[]): readonly RealFile[] {
  return files.filter(({ path, transferSyntaxUID, pixels, expected, acceptable }) => {
    const known = transferSyntaxUID !== null && Object.hasOwn(decoders, transferSyntaxUID);
    const refused = expected === "reject" || acceptable.includes("reject");
    return known && !refused && path !== noise && pixels?.frame1 !== undefined;
  });
}
