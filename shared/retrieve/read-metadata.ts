/** WADO-RS metadata (PS3.18 §10.4.1.1.2) of an instance, a series or a study, from what ingest wrote beside each original. */
import { gunzipSync } from "node:zlib";
import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import { type InstancePath, locateInstance, locateInstances } from "./locate.ts";
import type { Retrieval } from "./redirect.ts";

/** Instances one answer describes; more come series by series. */
export const metadataLimit = 2000;
const parallelReads = 32;

/** A JSON array in UTF-8: one dataset per instance, bulk data left out. Throws KeyUnavailable. */
export async function readMetadata(
  { grant, keyState }: Pick<Retrieval, "grant" | "keyState">,
  path: Partial<InstancePath>,
): Promise<Uint8Array> {
  const { seriesUid, sopUid } = path;
  const instances =
    seriesUid !== undefined && sopUid !== undefined
      ? [await locateInstance(grant, { seriesUid, sopUid })]
      : await locateInstances(grant, seriesUid);
  if (instances.length > metadataLimit) {
    throw new Problem(
      "too-large",
      `One answer describes at most ${metadataLimit} instances; ask series by series.`,
      {
        extensions: { limit: metadataLimit },
      },
    );
  }
  for (const keyArn of new Set(instances.map((instance) => instance.keyArn))) {
    await keyState.requireEnabled(keyArn);
  }
  await grant.audit({ studyUid: grant.study?.studyUid ?? "", ...path });
  const datasets = await readAll(grant, instances);
  const separator = Buffer.from(",");
  const parts = datasets.flatMap((dataset, index) => (index === 0 ? [dataset] : [separator, dataset]));
  return Buffer.concat([Buffer.from("["), ...parts, Buffer.from("]")]);
}

async function readAll(grant: Grant, instances: readonly InstanceItem[]): Promise<Uint8Array[]> {
  const datasets = new Array<Uint8Array>(instances.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < instances.length) {
      const index = next++;
      datasets[index] = await readOne(grant, instances[index] as InstanceItem);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelReads, instances.length) }, worker));
  return datasets;
}

async function readOne(grant: Grant, instance: InstanceItem): Promise<Uint8Array> {
  const key = objectKeys.metadata(instance, instance.sha256);
  return gunzipSync(await grant.objects.read({ bucket: "derived", key }));
}
