import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import type { ManifestFile } from "../contract/schemas/upload.ts";
import { Problem } from "../errors.ts";
import { hospitalOf } from "./load-upload.ts";

/** Throws Problem `invalid-request` that names the first file whose order the hospital does not have. */
export async function checkOrders(grant: Grant, files: readonly ManifestFile[]): Promise<void> {
  const orderIds = [...new Set(files.flatMap(({ orderId }) => orderId ?? []))];
  if (orderIds.length === 0) return;
  const hospital = hospitalOf(grant);
  const found = await grant.table.batchGet(
    orderIds.map((orderId) => keys.order(hospital, orderId)),
    { consistent: true },
  );
  const known = new Set(found.map(({ orderId }) => orderId));
  const at = files.findIndex(({ orderId }) => orderId !== undefined && !known.has(orderId));
  if (at < 0) return;
  const pointer = `body/files/${at}/orderId`;
  const detail = "the hospital has no such order";
  throw new Problem("invalid-request", `${pointer}: ${detail}`, {
    extensions: { errors: [{ pointer, detail }] },
  });
}
