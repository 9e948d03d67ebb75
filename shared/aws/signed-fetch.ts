import { serviceOrigin } from "./cloud.ts";
import type { DynamoSend } from "./dynamo-send.ts";
import { sendSigned } from "./signed-json.ts";

export interface SignedFetchOptions {
  /** The partition's DNS suffix, from the stack (`Stack.urlSuffix`). */
  readonly urlSuffix: string;
  /** Milliseconds one attempt may take. */
  readonly timeout?: number;
}

/** DynamoDB by `fetch` and a signature, for paths that must start fast. */
export function signedFetch({ urlSuffix, timeout }: SignedFetchOptions): DynamoSend {
  return async (operation, input) => {
    const dynamo = {
      service: "dynamodb",
      origin: serviceOrigin("dynamodb", urlSuffix),
      contentType: "application/x-amz-json-1.0",
      target: "DynamoDB_20120810",
      ...(timeout !== undefined && { timeout }),
    } as const;
    const text = await sendSigned(dynamo, operation, JSON.stringify(input, binaryToText));
    return JSON.parse(text, textToBinary) as Record<string, unknown>;
  };
}

/** Binary values travel as base64. `this` holds the value before a Buffer's own toJSON changed it. */
function binaryToText(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const original = this[name];
  return original instanceof Uint8Array ? Buffer.from(original).toString("base64") : value;
}

/** Only an attribute value has text directly under `B`: an attribute named B holds an object there. */
function textToBinary(name: string, value: unknown): unknown {
  return name === "B" && typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
}
