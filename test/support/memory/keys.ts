import {
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
} from "node:crypto";
import { KeyUnavailable } from "../../../shared/errors.ts";
import type { KeyService, KeyStates } from "../../../shared/ports.ts";
import { signDigest } from "./ecdsa.ts";

type Context = Readonly<Record<string, string>>;
type StoredKey =
  | { readonly use: "wrap"; readonly secret: Buffer; readonly group?: string; enabled: boolean }
  | { readonly use: "sign"; readonly privateKey: KeyObject; readonly publicKey: KeyObject; enabled: boolean };

export interface MemoryKeys extends KeyService, KeyStates {
  /** A new P-256 signing key, as the stack creates one; answers its ARN. */
  createSigningKey(): string;
  disable(keyArn: string): void;
  enable(keyArn: string): void;
  /** Groups that have a key, and its ARN. */
  groups(): ReadonlyMap<string, string>;
}

/** KMS in memory: data keys bound to key and context, real P-256 signatures, disabled keys. */
export function memoryKeys(): MemoryKeys {
  const keys = new Map<string, StoredKey>();
  const groups = new Map<string, string>();

  function add(key: StoredKey): string {
    const arn = `arn:test:kms:memory-1:000000000000:key/mrk-${randomUUID().replaceAll("-", "")}`;
    keys.set(arn, key);
    return arn;
  }
  function usable<Use extends StoredKey["use"]>(arn: string, use: Use): Extract<StoredKey, { use: Use }> {
    const key = keys.get(arn);
    if (!key) throw new KeyUnavailable("There is no such key");
    if (!key.enabled) throw new KeyUnavailable("The key is disabled");
    if (key.use !== use) throw new Error(`The key is not for this use: ${use}`);
    return key as Extract<StoredKey, { use: Use }>;
  }
  function setEnabled(arn: string, enabled: boolean): void {
    const key = keys.get(arn);
    if (!key) throw new Error("A test names a key that was never created");
    key.enabled = enabled;
  }

  return {
    async generateDataKey(keyArn, context) {
      const { secret } = usable(keyArn, "wrap");
      const plaintext = randomBytes(32);
      return { plaintext: new Uint8Array(plaintext), wrapped: seal(secret, plaintext, context) };
    },
    async unwrapDataKey(keyArn, wrapped, context) {
      const { secret } = usable(keyArn, "wrap");
      try {
        return open(secret, wrapped, context);
      } catch (cause) {
        throw new KeyUnavailable("The data key was not wrapped with this key and context", { cause });
      }
    },
    async sign(keyArn, digest) {
      return signDigest(usable(keyArn, "sign").privateKey, digest);
    },
    async publicKey(keyArn) {
      return new Uint8Array(usable(keyArn, "sign").publicKey.export({ type: "spki", format: "der" }));
    },
    async createGroupKey(group) {
      const known = groups.get(group);
      if (known !== undefined) return known;
      const arn = add({ use: "wrap", secret: randomBytes(32), group, enabled: true });
      groups.set(group, arn);
      return arn;
    },
    async enabled(keyArn) {
      return keys.get(keyArn)?.enabled ?? false;
    },

    createSigningKey() {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return add({ use: "sign", ...pair, enabled: true });
    },
    disable: (keyArn) => setEnabled(keyArn, false),
    enable: (keyArn) => setEnabled(keyArn, true),
    groups: () => groups,
  };
}

/** The same pairs in another order are the same context. */
const associated = (context: Context): Buffer => Buffer.from(JSON.stringify(Object.entries(context).sort()));

function seal(secret: Buffer, plaintext: Uint8Array, context: Context): Uint8Array {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(associated(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return new Uint8Array(Buffer.concat([iv, cipher.getAuthTag(), body]));
}

function open(secret: Buffer, wrapped: Uint8Array, context: Context): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", secret, wrapped.subarray(0, 12));
  decipher.setAAD(associated(context)).setAuthTag(wrapped.subarray(12, 28));
  return new Uint8Array(Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]));
}
