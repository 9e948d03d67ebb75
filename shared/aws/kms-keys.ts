import {
  DecryptCommand,
  GenerateDataKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
} from "@aws-sdk/client-kms";
import type { STSClient } from "@aws-sdk/client-sts";
import { KeyUnavailable, Transient } from "../errors.ts";
import type { KeyService } from "../ports.ts";
import { createGroupKey } from "./group-key.ts";
import { briefly } from "./patience.ts";
import { refusedKey } from "./refused-key.ts";
import { faultOf, isTransient } from "./service-fault.ts";

export interface KmsKeysOptions {
  readonly stage: string;
  /** A production stage's keys refuse to be deleted by anyone but the stage's custodian. */
  readonly retentionGuard: boolean;
  readonly client?: KMSClient;
  readonly sts?: STSClient;
}

/** Keys in KMS. */
export function kmsKeys({
  client = new KMSClient({ maxAttempts: 5, requestHandler: briefly }),
  ...options
}: KmsKeysOptions): KeyService {
  return {
    async generateDataKey(keyArn, context) {
      const input = { KeyId: keyArn, KeySpec: "AES_256" as const, EncryptionContext: { ...context } };
      const output = await askKms("GenerateDataKey", () => client.send(new GenerateDataKeyCommand(input)));
      return { plaintext: present(output.Plaintext), wrapped: present(output.CiphertextBlob) };
    },
    async unwrapDataKey(keyArn, wrapped, context) {
      const input = { KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: { ...context } };
      return present((await askKms("Decrypt", () => client.send(new DecryptCommand(input)))).Plaintext);
    },
    async sign(keyArn, digest) {
      const command = new SignCommand({
        KeyId: keyArn,
        Message: digest,
        MessageType: "DIGEST",
        SigningAlgorithm: "ECDSA_SHA_256",
      });
      return present((await askKms("Sign", () => client.send(command))).Signature);
    },
    async publicKey(keyArn) {
      const command = new GetPublicKeyCommand({ KeyId: keyArn });
      return present((await askKms("GetPublicKey", () => client.send(command))).PublicKey);
    },
    createGroupKey: (group) => createGroupKey(group, { ...options, client }),
  };
}

/** One call of KMS, with its refusal put into the words of a use case. */
async function askKms<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fault = faultOf(operation, error);
    if (refusedKey(fault))
      throw new KeyUnavailable(`The key cannot be used: ${fault.code}`, { cause: fault });
    throw isTransient(fault) ? new Transient(`${operation} did not succeed`, { cause: fault }) : fault;
  }
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (!bytes) throw new Error("KMS answered without the bytes asked for");
  return new Uint8Array(bytes);
}
