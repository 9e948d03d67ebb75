import type { Clinic } from "../clinic.ts";
import type { Ground } from "./ground.ts";

export function memoryGround(here: Clinic): Ground {
  const { hospital, keyArn, table, objects, upload, clock, signer } = here;
  return {
    hospital,
    keyArn,
    table,
    objects,
    upload,
    clock,
    send: (request, body) => signer.send(request, body),
    items: async () => table.items(),
    versions: async (bucket) =>
      objects.keys(bucket).flatMap((key) =>
        objects
          .versions({ bucket, key })
          .filter(({ deleted }) => !deleted)
          .map(({ versionId }) => ({ key, versionId })),
      ),
  };
}
