import { AwsV4Signer } from "aws4fetch";
import type { BucketName, SignedRequest } from "../ports.ts";
import { type Credentials, objectUrl, region } from "./cloud.ts";

export interface S3SigningOptions {
  readonly buckets: Partial<Record<BucketName, string>>;
  /** The partition's DNS suffix, from the stack (`Stack.urlSuffix`). */
  readonly urlSuffix: string;
  /**
   * Origin that URLs handed out carry instead of the signed one. It must forward with the Host that was signed: the
   * local cloud's plain-HTTP door does, since a browser refuses the emulator's certificate.
   */
  readonly publicS3Origin?: string;
}
export interface ToSign {
  readonly method: SignedRequest["method"];
  readonly bucket: BucketName;
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Every one is signed, so the request is refused when one is missing or changed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly credentials: Credentials;
}

const signingKeys = new Map<string, ArrayBuffer>();

/** Presigns one S3 request (Signature Version 4, query string) without the SDK, which hoists or drops some headers. */
export async function signS3(options: S3SigningOptions, request: ToSign): Promise<SignedRequest> {
  const bucket = options.buckets[request.bucket];
  if (bucket === undefined) throw new Error(`This function was given no ${request.bucket} bucket`);
  if (!Number.isInteger(request.seconds) || request.seconds < 1) {
    throw new RangeError("A signed URL lives a whole number of seconds");
  }
  const url = objectUrl(bucket, request.key, options.urlSuffix);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  url.searchParams.set("X-Amz-Expires", String(request.seconds));
  // Role sessions come and go: their signing keys are not kept for ever.
  if (signingKeys.size > 1000) signingKeys.clear();
  const now = new Date();
  const signer = new AwsV4Signer({
    method: request.method,
    url: url.href,
    headers: { ...request.headers },
    signQuery: true,
    allHeaders: true,
    service: "s3",
    region: region(),
    // The signature's time has whole seconds; taking the same instant keeps `expiresAt` true.
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
    cache: signingKeys,
    ...request.credentials,
  });
  const signed = (await signer.sign()).url;
  return {
    method: request.method,
    url: handedOut(signed, options.publicS3Origin),
    headers: { ...request.headers },
    expiresAt: new Date(Math.floor(now.getTime() / 1000 + request.seconds) * 1000).toISOString(),
  };
}

/** `+` would mean a space to a form and a plus to S3: spaces are spelled %20, as they were signed. */
function handedOut(url: URL, origin: string | undefined): string {
  const path = `${url.pathname}${url.search.replaceAll("+", "%20")}`;
  return `${origin?.replace(/\/+$/, "") ?? url.origin}${path}`;
}
