import { createHash } from "node:crypto";

/**
 * A UID under 2.25 (PS3.5 §B.2) from a UUID of version 8 (RFC 9562 §5.8), made of a hash: the same parts give the same UID,
 * so what is made again after a crash is the same, and what belongs together gets the same.
 */
export function derivedUid(...parts: readonly string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}
