import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import type { InstanceKey } from "../catalog/keys.ts";
import { type Dataset, textOf } from "../dicom/json-model.ts";
import type { Header } from "../dicom/read.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectStore } from "../ports.ts";

const gzipAside = promisify(gzip);
/** Characters. What is smaller is done sooner here than handed to another thread, and costs a third. */
const small = 64 * 1024;
const compress = (text: string): Uint8Array | Promise<Uint8Array> =>
  text.length <= small ? gzipSync(text) : gzipAside(text);

/** The instance's DICOM JSON (PS3.18 Annex F), one object, gzipped: what WADO-RS metadata answers from. */
export async function writeMetadata(
  { objects }: { readonly objects: Pick<ObjectStore, "put"> },
  key: InstanceKey,
  sha256: string,
  header: Pick<Header, "dataset" | "transferSyntaxUid">,
  keyArn: string,
): Promise<void> {
  const body = await compress(JSON.stringify(asStored(header)));
  await objects.put({ bucket: "derived", key: objectKeys.metadata(key, sha256) }, body, {
    contentType: "application/dicom+json",
    contentEncoding: "gzip",
    kmsKeyId: keyArn,
  });
}

const rle = "1.2.840.10008.1.2.5";
const photometric = "00280004";

/**
 * Viewers read frames by it. Those of RLE are stored decoded, with chrominance of every pixel, as RLE holds it whatever the
 * object declares (PS3.5 §8.2.2): declared 4:2:2, they would be taken for two samples a pixel.
 */
function asStored({ dataset, transferSyntaxUid }: Pick<Header, "dataset" | "transferSyntaxUid">): Dataset {
  if (transferSyntaxUid !== rle || textOf(dataset, photometric) !== "YBR_FULL_422") return dataset;
  return { ...dataset, [photometric]: { vr: "CS", Value: ["YBR_FULL"] } };
}
