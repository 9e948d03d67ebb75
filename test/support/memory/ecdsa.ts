/**
 * ECDSA over a digest (FIPS 186-5 §6.4.1), which is what KMS signs: node:crypto always hashes what it is given.
 * The point arithmetic is OpenSSL's; only the last step is here. For tests: not constant-time.
 */
import { createECDH, type KeyObject, randomBytes } from "node:crypto";

/** Order of the base point of P-256 (SP 800-186 §3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const mod = (value: bigint): bigint => ((value % order) + order) % order;
const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [mod(value), order, 1n, 0n];
  while (a > 1n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x);
}

/** INTEGER of X.690 §8.3: minimal, with a zero byte where the top bit would read as a sign. */
function derInteger(value: bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex");
  const body = (bytes[0] as number) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, body.length]), body]);
}

/** DER signature of a 32-byte digest with a P-256 private key. */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Uint8Array {
  if (digest.byteLength !== 32) throw new Error("The digest must hold 32 bytes");
  const d = toBigInt(Buffer.from(privateKey.export({ format: "jwk" }).d as string, "base64url"));
  const z = toBigInt(digest);
  for (;;) {
    const k = mod(toBigInt(randomBytes(40)));
    if (k === 0n) continue;
    const point = createECDH("prime256v1");
    point.setPrivateKey(Buffer.from(k.toString(16).padStart(64, "0"), "hex"));
    const r = mod(toBigInt(point.getPublicKey().subarray(1, 33)));
    const s = mod(inverse(k) * (z + r * d));
    if (r === 0n || s === 0n) continue;
    const body = Buffer.concat([derInteger(r), derInteger(s)]);
    return new Uint8Array(Buffer.concat([Buffer.from([0x30, body.length]), body]));
  }
}
