/** Needs nothing of this system but the signed bytes, the signature and the public key: works offline. */
import { createHash, createPublicKey, verify } from "node:crypto";

/**
 * `bytes`: the canonical signed body; `signature`: ECDSA P-256 with SHA-256, DER; `publicKeyDer`: SubjectPublicKeyInfo.
 * The same as `openssl dgst -sha256 -verify key.pem -signature report.sig report.json`.
 */
export function verifySignedReport(
  bytes: Uint8Array,
  signature: Uint8Array,
  publicKeyDer: Uint8Array,
): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKeyDer), format: "der", type: "spki" });
  // Only the curve we sign with: another algorithm's key must not pass for ours.
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return false;
  return verify("sha256", bytes, { key, dsaEncoding: "der" }, signature);
}

export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(bytes).digest());
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
