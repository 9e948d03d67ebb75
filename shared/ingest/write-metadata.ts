import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import type { InstanceKey } from "../catalog/keys.ts";
import type { Dataset } from "../dicom/json-model.ts";
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
  dataset: Dataset,
  keyArn: string,
): Promise<void> {
  const body = await compress(JSON.stringify(dataset));
  await objects.put({ bucket: "derived", key: objectKeys.metadata(key, sha256) }, body, {
    contentType: "application/dicom+json",
    contentEncoding: "gzip",
    kmsKeyId: keyArn,
  });
}
