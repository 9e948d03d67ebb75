/** A Reply as a web Response, and that as API Gateway's result. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { Reply } from "../http.ts";

/** Lambda refuses a buffered result over 6 MB, base64 included. */
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

/** Text goes as text, anything else as base64. */
export async function resultOf(response: Response): Promise<APIGatewayProxyResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isBase64Encoded = !isText(response.headers);
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: bytes.toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  };
}

function isText(headers: Headers): boolean {
  if (headers.has("content-encoding")) return false;
  const type = headers.get("content-type");
  return type === null || /^text\/|[/+](json|xml)\b/.test(type);
}
