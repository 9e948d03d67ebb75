import { createHash } from "node:crypto";
import type { ObjectHead, ObjectRef, ObjectStore } from "../ports.ts";

/** Hex SHA-256 of the whole object: as S3 holds it, or computed where it came in parts and S3 holds one of the parts' sums. */
export async function sha256Of(objects: ObjectStore, ref: ObjectRef, head: ObjectHead): Promise<string> {
  if (head.sha256 !== undefined) return head.sha256;
  const hash = createHash("sha256");
  for await (const chunk of await objects.stream(ref)) hash.update(chunk);
  return hash.digest("hex");
}
