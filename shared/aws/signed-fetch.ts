import { AwsV4Signer } from "aws4fetch";
import { dynamoOrigin, environmentCredentials, region } from "./cloud.ts";
import type { DynamoSend } from "./dynamo-send.ts";
import { ServiceFault } from "./service-fault.ts";

export interface SignedFetchOptions {
  /** The partition's DNS suffix, from the stack (`Stack.urlSuffix`). */
  readonly urlSuffix: string;
  /** Milliseconds one attempt may take. */
  readonly timeout?: number;
}

/** Signing keys by day and secret; deriving one takes four HMACs. */
const signingKeys = new Map<string, ArrayBuffer>();

/** DynamoDB by `fetch` and a signature: 20 ms of cold start where the SDK's client takes 150. */
export function signedFetch({ urlSuffix, timeout = 3000 }: SignedFetchOptions): DynamoSend {
  return async (operation, input) => {
    const signer = new AwsV4Signer({
      method: "POST",
      url: `${dynamoOrigin(urlSuffix)}/`,
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
      },
      body: JSON.stringify(input, binaryToText),
      service: "dynamodb",
      region: region(),
      cache: signingKeys,
      ...environmentCredentials(),
    });
    const { url, headers, body } = await signer.sign();
    const { status, text } = await exchange(operation, url, headers, body as string, timeout);
    if (status === 200) return JSON.parse(text, textToBinary) as Record<string, unknown>;
    throw faultFrom(operation, status, text);
  };
}

async function exchange(
  operation: string,
  url: URL,
  headers: Headers,
  body: string,
  timeout: number,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new ServiceFault(operation, { code: "Lost", status: 0, cause });
  }
}

function faultFrom(operation: string, status: number, text: string): ServiceFault {
  const fault = parsed(text);
  const message = fault.message ?? fault.Message;
  return new ServiceFault(operation, {
    code: fault.__type?.split("#").pop() ?? "Unknown",
    status,
    ...(message !== undefined && { message }),
    ...(fault.CancellationReasons && {
      reasons: fault.CancellationReasons.map(({ Code }) => Code ?? "None"),
    }),
  });
}

interface FaultBody {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

/** A proxy's error page is not JSON. */
function parsed(text: string): FaultBody {
  try {
    return JSON.parse(text) as FaultBody;
  } catch {
    return {};
  }
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
