import type { KeyStates } from "../ports.ts";
import { serviceOrigin } from "./cloud.ts";
import { refusedKey } from "./refused-key.ts";
import { type RetryOptions, withRetries } from "./retries.ts";
import { isTransient, ServiceFault } from "./service-fault.ts";
import { sendSigned } from "./signed-json.ts";

export interface KmsKeyStatesOptions {
  /** The partition's DNS suffix, from the stack (`Stack.urlSuffix`). */
  readonly urlSuffix: string;
  readonly retries?: RetryOptions;
}

/** A request waits for the answer, so it is given up sooner than a write would be. */
const askedAtMost: RetryOptions = { attempts: 4 };

/** States of keys, from KMS by signed fetch: redirects ask, and must start fast. */
export function kmsKeyStates({ urlSuffix, retries = askedAtMost }: KmsKeyStatesOptions): KeyStates {
  const describe = (keyArn: string): Promise<string> =>
    sendSigned(
      {
        service: "kms",
        origin: serviceOrigin("kms", urlSuffix),
        contentType: "application/x-amz-json-1.1",
        target: "TrentService",
      },
      "DescribeKey",
      JSON.stringify({ KeyId: keyArn }),
    );

  return {
    async enabled(keyArn) {
      try {
        const text = await withRetries(() => describe(keyArn), isTransient, retries);
        const { KeyMetadata } = JSON.parse(text) as { readonly KeyMetadata?: { readonly Enabled?: boolean } };
        return KeyMetadata?.Enabled === true;
      } catch (error) {
        if (error instanceof ServiceFault && refusedKey(error)) return false;
        throw error;
      }
    },
  };
}
