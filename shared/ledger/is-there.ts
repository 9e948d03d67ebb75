import type { ObjectRef } from "../ports.ts";
import type { LedgerStores } from "./walk.ts";

/** By its name: needs no leave to read it, nor the use of its key. */
export async function isThere({ objects }: LedgerStores, { bucket, key }: ObjectRef): Promise<boolean> {
  const { keys } = await objects.list(bucket, key);
  return keys.some((listed) => listed.key === key);
}
