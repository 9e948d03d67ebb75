/**
 * Report text is encrypted by us, under a data key that only the study's hospital's KMS key can unwrap: whoever can read
 * the table or the bucket reads nothing, and a hospital that disables its key has closed its reports too.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { StudyKey } from "../catalog/keys.ts";
import type { KeyService } from "../ports.ts";

export interface Sealed {
  readonly iv: Uint8Array;
  /** AES-256-GCM ciphertext followed by its 16-byte tag. */
  readonly ciphertext: Uint8Array;
}

/** Which text: bound into the ciphertext, so that one sealed text cannot be put in another's place. */
export interface Place extends StudyKey {
  readonly reportId: string;
  readonly version: number;
  readonly part: "content" | "signed";
}

export interface DataKey {
  readonly plaintext: Uint8Array;
  readonly wrapped: Uint8Array;
}

const ivBytes = 12;
const tagBytes = 16;
/** KMS refuses to unwrap under any other hospital or study, and CloudTrail names both. */
const contextOf = ({ hospital, studyUid }: StudyKey) => ({ hospital, study: studyUid });
const associated = ({ region, hospital, studyUid, reportId, version, part }: Place): Buffer =>
  Buffer.from([region, hospital, studyUid, reportId, version, part].join("/"));

export function newDataKey(keys: KeyService, keyArn: string, study: StudyKey): Promise<DataKey> {
  return keys.generateDataKey(keyArn, contextOf(study));
}

/** Throws KeyUnavailable when the hospital has disabled its key. */
export function unwrap(
  keys: KeyService,
  item: StudyKey & { readonly keyArn: string; readonly wrappedKey: Uint8Array },
): Promise<Uint8Array> {
  return keys.unwrapDataKey(item.keyArn, item.wrappedKey, contextOf(item));
}

export function seal(dataKey: Uint8Array, place: Place, plaintext: Uint8Array): Sealed {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(associated(place));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { iv: new Uint8Array(iv), ciphertext: new Uint8Array(body) };
}

/** Throws when the ciphertext was altered or belongs to another place. */
export function unseal(dataKey: Uint8Array, place: Place, { iv, ciphertext }: Sealed): Uint8Array {
  const tagAt = ciphertext.byteLength - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", dataKey, iv, { authTagLength: tagBytes });
  decipher.setAAD(associated(place)).setAuthTag(ciphertext.subarray(tagAt));
  return new Uint8Array(Buffer.concat([decipher.update(ciphertext.subarray(0, tagAt)), decipher.final()]));
}

/** As one object: initialisation vector, ciphertext, tag. */
export const joined = ({ iv, ciphertext }: Sealed): Uint8Array =>
  new Uint8Array(Buffer.concat([iv, ciphertext]));
export const split = (bytes: Uint8Array): Sealed => ({
  iv: bytes.subarray(0, ivBytes),
  ciphertext: bytes.subarray(ivBytes),
});
