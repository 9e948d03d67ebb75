/** A Reply as a web Response, and that as API Gateway's result. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { APIGatewayProxyResult } from "aws-lambda";
import type { Reply } from "../http.ts";

/** Lambda refuses a result over 6 MB; the rest is for the headers that are added last. */
export const resultLimit = 6 * 1024 * 1024 - 16 * 1024;

/** The API answers with data about patients: kept nowhere, framed nowhere, guessed at by nobody. */
const alwaysHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
} as const;

export function responseOf({ status, headers = {}, body }: Reply): Response {
  const all = new Headers(alwaysHeaders);
  if (body !== undefined) all.set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(contentOf(body), { status, headers: all });
}

function contentOf(body: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null;
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return JSON.stringify(body);
}

/** Below this an answer travels as it is: compressing it would save less than it takes. */
const compressedFrom = 100 * 1024;

/** Text goes as text, or compressed when it is large and `acceptEncoding` allows; anything else as base64. */
export async function resultOf(
  response: Response,
  acceptEncoding: string | null = null,
): Promise<APIGatewayProxyResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status: statusCode, headers } = response;
  const text = isText(headers);
  if (text && bytes.byteLength >= compressedFrom && allowsGzip(acceptEncoding)) {
    headers.set("content-encoding", "gzip");
    return { statusCode, ...sent(headers, await compress(bytes), "base64") };
  }
  return { statusCode, ...sent(headers, bytes, text ? "utf8" : "base64") };
}

const sent = (headers: Headers, bytes: Buffer, encoding: "base64" | "utf8") => ({
  headers: Object.fromEntries(headers),
  body: bytes.toString(encoding),
  isBase64Encoded: encoding === "base64",
});

const compress = promisify(gzip);

/** RFC 9110 §12.5.3: named, or by `*`, and not with weight 0. */
function allowsGzip(acceptEncoding: string | null): boolean {
  const weights = new Map(
    (acceptEncoding ?? "").split(",").map((coding) => {
      const [name = "", ...parameters] = coding.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/** What Lambda counts: the result as JSON, in which quotes and control characters of the body are escaped. */
export const resultBytes = (result: APIGatewayProxyResult): number =>
  Buffer.byteLength(JSON.stringify(result));

function isText(headers: Headers): boolean {
  if (headers.has("content-encoding")) return false;
  const type = headers.get("content-type");
  return type === null || /^text\/|[/+](json|xml)\b/.test(type);
}
