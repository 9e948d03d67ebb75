import type { QuarantinedItem } from "../catalog/desk-items.ts";
import { type HospitalKey, keys } from "../catalog/keys.ts";
import type { Write } from "../ports.ts";

/** So long the quarantine bucket keeps what nobody decides on: its lifecycle is made of this (`infra/buckets.ts`). */
export const quarantineDays = 90;

/** When the bytes of a file that has waited since `quarantinedAt` expire. */
export const keptUntil = (quarantinedAt: string): Date =>
  new Date(Date.parse(quarantinedAt) + quarantineDays * 24 * 3600 * 1000);

/** For the transaction that quarantines the file: puts it on the hospital's desk. `expires`: its bytes do, so it leaves with them. */
export function indexQuarantined(
  { region, hospital }: HospitalKey,
  waiting: Pick<QuarantinedItem, "uploadId" | "fileId" | "code" | "quarantinedAt">,
  expires: boolean,
): Write {
  const owner = { region, hospital };
  const expiresAt = Math.floor(keptUntil(waiting.quarantinedAt).getTime() / 1000);
  return {
    op: "put",
    item: {
      ...keys.quarantined(owner, waiting.uploadId, waiting.fileId),
      type: "quarantined-file",
      ...owner,
      ...waiting,
      ...(expires && { expiresAt }),
    },
  };
}
