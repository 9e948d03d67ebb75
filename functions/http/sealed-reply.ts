/** A reply at rest: AES-256-GCM under a key derived from a secret that is not stored. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Reply } from "../http.ts";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;
const purpose = "medical-image-cloud idempotent reply v1";

/** nonce ‖ tag ‖ ciphertext; undefined when the reply is over `limit` bytes or holds bytes, which JSON cannot. */
export function seal(reply: Reply, secret: string, limit: number): Uint8Array | undefined {
  if (reply.body instanceof Uint8Array) return undefined;
  const plain = Buffer.from(JSON.stringify(reply));
  if (plain.byteLength > limit) return undefined;
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, keyFrom(secret), iv);
  const sealed = Buffer.concat([sealing.update(plain), sealing.final()]);
  return Buffer.concat([iv, sealing.getAuthTag(), sealed]);
}

export function unseal(sealed: Uint8Array, secret: string): Reply {
  const bytes = Buffer.from(sealed);
  const opening = createDecipheriv(cipher, keyFrom(secret), bytes.subarray(0, ivBytes));
  opening.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const plain = Buffer.concat([opening.update(bytes.subarray(ivBytes + tagBytes)), opening.final()]);
  return JSON.parse(plain.toString("utf8")) as Reply;
}

const keyFrom = (secret: string): Uint8Array => new Uint8Array(hkdfSync("sha256", secret, "", purpose, 32));
