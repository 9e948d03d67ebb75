import { createHash, createPublicKey, randomUUID, verify } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { KeyUnavailable } from "../../shared/errors.ts";
import type { KeyService, KeyStates } from "../../shared/ports.ts";

export interface KeysUnderTest {
  readonly keys: KeyService;
  readonly states: KeyStates;
  /** Creates a P-256 signing key. */
  createSigningKey(): Promise<string>;
  disable(keyArn: string): Promise<void>;
}

/** What an emulator is known not to check, so that its suite does not claim it. */
export interface KeyGaps {
  readonly acceptsTamperedCiphertext?: boolean;
}

/** What every KeyService must do. */
export function describeKeysContract(
  name: string,
  make: () => KeysUnderTest | Promise<KeysUnderTest>,
  gaps: KeyGaps = {},
): void {
  describe(`a key service: ${name}`, () => {
    let under: KeysUnderTest;
    let keys: KeyService;
    beforeAll(async () => {
      under = await make();
      keys = under.keys;
    });
    const group = (): string => `contract-${randomUUID().slice(0, 8)}`;
    const context = { hospital: "village", study: "1.2.3" };
    const itChecksCiphertext = gaps.acceptsTamperedCiphertext ? it.skip : it;

    it("unwraps a data key with the same key and context, in any order", async () => {
      const keyArn = await keys.createGroupKey(group());
      const { plaintext, wrapped } = await keys.generateDataKey(keyArn, context);
      expect(plaintext).toHaveLength(32);
      expect(Buffer.from(wrapped).includes(Buffer.from(plaintext))).toBe(false);
      const reordered = { study: "1.2.3", hospital: "village" };
      expect(await keys.unwrapDataKey(keyArn, wrapped, reordered)).toEqual(plaintext);
      expect((await keys.generateDataKey(keyArn, context)).plaintext).not.toEqual(plaintext);
    });

    it("refuses another context", async () => {
      const keyArn = await keys.createGroupKey(group());
      const { wrapped } = await keys.generateDataKey(keyArn, context);
      const other = { ...context, hospital: "county" };
      await expect(keys.unwrapDataKey(keyArn, wrapped, other)).rejects.toThrow(KeyUnavailable);
    });

    itChecksCiphertext("refuses a changed ciphertext and another hospital's key", async () => {
      const [keyArn, otherArn] = [await keys.createGroupKey(group()), await keys.createGroupKey(group())];
      const { wrapped } = await keys.generateDataKey(keyArn, context);
      await expect(keys.unwrapDataKey(otherArn, wrapped, context)).rejects.toThrow(KeyUnavailable);
      const changed = wrapped.slice();
      changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
      await expect(keys.unwrapDataKey(keyArn, changed, context)).rejects.toThrow(KeyUnavailable);
    });

    it("does nothing with a key that is disabled or unknown", async () => {
      const keyArn = await keys.createGroupKey(group());
      const { wrapped } = await keys.generateDataKey(keyArn, context);
      expect(await under.states.enabled(keyArn)).toBe(true);
      await under.disable(keyArn);
      expect(await under.states.enabled(keyArn)).toBe(false);
      await expect(keys.unwrapDataKey(keyArn, wrapped, context)).rejects.toThrow(KeyUnavailable);
      await expect(keys.generateDataKey(keyArn, context)).rejects.toThrow(KeyUnavailable);
      const unknown = keyArn.replace(/[^/]+$/, randomUUID());
      await expect(keys.generateDataKey(unknown, context)).rejects.toThrow(KeyUnavailable);
      expect(await under.states.enabled(unknown)).toBe(false);
    });

    it("makes one key for a group, however often it is asked", async () => {
      const name = group();
      const keyArn = await keys.createGroupKey(name);
      expect(keyArn).toMatch(/^arn:[^:]+:kms:[^:]*:\d*:key\/mrk-/);
      expect(await keys.createGroupKey(name)).toBe(keyArn);
      const raced = group();
      const arns = await Promise.all([keys.createGroupKey(raced), keys.createGroupKey(raced)]);
      expect(arns[0]).toBe(arns[1]);
    });

    it("signs a digest so that anyone can verify it with the public key", async () => {
      const keyArn = await under.createSigningKey();
      const report = Buffer.from("a signed report");
      const digest = createHash("sha256").update(report).digest();
      const signature = await keys.sign(keyArn, digest);
      const der = Buffer.from(await keys.publicKey(keyArn));
      const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
      expect(publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
      expect(verify("sha256", report, publicKey, signature)).toBe(true);
      expect(verify("sha256", Buffer.from("another report"), publicKey, signature)).toBe(false);
      await expect(keys.sign(keyArn, digest.subarray(1))).rejects.toThrow();
      await under.disable(keyArn);
      await expect(keys.sign(keyArn, digest)).rejects.toThrow(KeyUnavailable);
    });
  });
}
