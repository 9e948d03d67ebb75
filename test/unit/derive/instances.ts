/** An archived instance, ready to derive from. */
import { createHash } from "node:crypto";
import { type InstanceKey, keys } from "../../../shared/catalog/keys.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { type WriteElement, writePart10 } from "../../../shared/dicom/write.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { fixedClock } from "../../support/memory/clock.ts";
import { memoryObjects } from "../../support/memory/objects.ts";
import { memoryTable } from "../../support/memory/table.ts";

export const instance: InstanceKey = {
  region: "local-1",
  hospital: "village",
  studyUid: "2.25.1",
  seriesUid: "2.25.2",
  sopUid: "2.25.3",
};
export const keyArn = "the-hospitals-key";

export async function archived(bytes: Uint8Array, sopClassUid = "1.2.840.10008.5.1.4.1.1.7") {
  const clock = fixedClock();
  const deps = { table: memoryTable(), objects: memoryObjects({ clock }), clock };
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const original = { bucket: "archive", key: objectKeys.original(instance, sha256) } as const;
  await deps.objects.put(original, bytes, { contentType: "application/dicom", kmsKeyId: keyArn });
  const archiveVersionId = (await deps.objects.head(original))?.versionId;
  const item = {
    archiveVersionId,
    type: "instance",
    ...keys.instance(instance),
    ...instance,
    sopClassUid,
    transferSyntaxUid: transferSyntaxOf(bytes),
    sha256,
    size: bytes.length,
    keyArn,
  };
  await deps.table.write([{ op: "put", item }]);
  const frameKey = (frame: number) =>
    ({ bucket: "derived", key: objectKeys.frame(instance, sha256, frame) }) as const;
  const thumbnailKey = { bucket: "derived", key: objectKeys.thumbnail(instance, sha256) } as const;
  return { deps, request: { ...instance, sha256 }, original, frameKey, thumbnailKey };
}

/** What ingest would have noted; a file it refuses never gets here. */
function transferSyntaxOf(bytes: Uint8Array): string {
  try {
    const header = readHeader(bytes, { totalSize: bytes.length });
    return "needBytes" in header ? "" : header.transferSyntaxUid;
  } catch {
    return "";
  }
}

/** A grey image object of 8 x 8 pixels of 8 bits; `pixels`: one or more frames, or fragments, or none at all. */
export function imageFile(
  pixels: Uint8Array | { readonly fragments: readonly Uint8Array[] } | undefined,
  options: {
    readonly frames?: number;
    readonly transferSyntaxUid?: string;
    readonly more?: readonly WriteElement[];
  } = {},
): Uint8Array {
  const { frames = 1, more = [], ...written } = options;
  const image: readonly WriteElement[] = [
    { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: "00080018", vr: "UI", value: instance.sopUid },
    { tag: "0020000D", vr: "UI", value: instance.studyUid },
    { tag: "0020000E", vr: "UI", value: instance.seriesUid },
    { tag: "00280002", vr: "US", value: 1 },
    { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
    { tag: "00280008", vr: "IS", value: String(frames) },
    { tag: "00280010", vr: "US", value: 8 },
    { tag: "00280011", vr: "US", value: 8 },
    { tag: "00280100", vr: "US", value: 8 },
    { tag: "00280101", vr: "US", value: 8 },
    { tag: "00280102", vr: "US", value: 7 },
    { tag: "00280103", vr: "US", value: 0 },
    ...(pixels === undefined ? [] : [{ tag: "7FE00010", vr: "OB", value: pixels } as const]),
  ];
  const replaced = image.filter(({ tag }) => !more.some((element) => element.tag === tag));
  return writePart10([...replaced, ...more], written);
}
