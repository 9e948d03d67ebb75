/** AWS's JSON protocol by `fetch` and a signature: 20 ms of cold start where an SDK client takes 150. */
import { AwsV4Signer } from "aws4fetch";
import { environmentCredentials, region } from "./cloud.ts";
import { ServiceFault } from "./service-fault.ts";

export interface JsonService {
  /** As the signature names it. */
  readonly service: "dynamodb" | "kms";
  /** Where it answers, without a slash at the end. */
  readonly origin: string;
  readonly contentType: "application/x-amz-json-1.0" | "application/x-amz-json-1.1";
  /** What stands before the operation in `X-Amz-Target`. */
  readonly target: string;
  /** Milliseconds one attempt may take. */
  readonly timeout?: number;
}

/** Signing keys by day and secret; deriving one takes four HMACs. */
const signingKeys = new Map<string, ArrayBuffer>();

/** Sends one request once; answers the text of a 200. Throws ServiceFault. */
export async function sendSigned(
  { service, origin, contentType, target, timeout = 3000 }: JsonService,
  operation: string,
  body: string,
): Promise<string> {
  const signer = new AwsV4Signer({
    method: "POST",
    url: `${origin}/`,
    headers: { "content-type": contentType, "x-amz-target": `${target}.${operation}` },
    body,
    service,
    region: region(),
    cache: signingKeys,
    ...environmentCredentials(),
  });
  const { url, headers } = await signer.sign();
  const { status, text } = await exchange(operation, url, { headers, body }, timeout);
  if (status === 200) return text;
  throw faultFrom(operation, status, text);
}

async function exchange(
  operation: string,
  url: URL,
  { headers, body }: { readonly headers: Headers; readonly body: string },
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
