/** Where this function runs, from the variables every Lambda has; `AWS_ENDPOINT_URL` points at a local cloud instead. */

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function region(): string {
  return required("AWS_REGION");
}

/** The local cloud's origin, without a slash at the end; undefined on AWS. One service may have its own, as in the SDKs. */
export function localEndpoint(service?: "dynamodb" | "kms" | "s3"): string | undefined {
  const own = service && process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  return (own || process.env.AWS_ENDPOINT_URL)?.replace(/\/+$/, "") || undefined;
}

/** Lambda's own credentials. Read at each use: a long-lived process may get new ones. */
export function environmentCredentials(): Credentials {
  const sessionToken = process.env.AWS_SESSION_TOKEN;
  return {
    accessKeyId: required("AWS_ACCESS_KEY_ID"),
    secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
    ...(sessionToken && { sessionToken }),
  };
}

/** Where a service answers. The suffix differs by partition, so the stack gives it. */
export function serviceOrigin(service: "dynamodb" | "kms", urlSuffix: string): string {
  return localEndpoint(service) ?? `https://${service}.${region()}.${urlSuffix}`;
}

/** URL of an object, virtual-hosted on AWS and path-style on a local cloud. */
export function objectUrl(bucket: string, key: string, urlSuffix: string): URL {
  const path = key.split("/").map(encodeURIComponent).join("/");
  const local = localEndpoint("s3");
  return new URL(
    local ? `${local}/${bucket}/${path}` : `https://${bucket}.s3.${region()}.${urlSuffix}/${path}`,
  );
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set`);
  return value;
}
