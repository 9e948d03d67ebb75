/** API Gateway's REST proxy event (payload format 1.0) as a web Request and a Caller. */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller, Principal } from "../../shared/access/principal.ts";
import { frontHeaders } from "../../shared/contract/front.ts";
import { Problem } from "../../shared/errors.ts";

/** 1 MB: uploads go to S3, never through here. */
const bodyLimit = 1024 * 1024;

const noPrincipal: Principal = { id: "anonymous", kind: "user", name: "", roles: [], scopes: [] };

export function requestOf(event: APIGatewayProxyEvent): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    // An empty key is a client's failed generator, to be told so; other empty headers say nothing.
    if (value || name.toLowerCase() === "idempotency-key") headers.set(name, value ?? "");
  }
  const url = new URL(`http://api.invalid${event.path}`);
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    for (const value of values ?? []) url.searchParams.append(name, value);
  return new Request(url, { method: event.httpMethod, headers });
}

/** The body as bytes; undefined when there is none. Throws Problem `too-large` naming the limit. */
export function bodyOf(event: APIGatewayProxyEvent): Uint8Array | undefined {
  if (event.body === null || event.body === undefined || event.body === "") return undefined;
  const body = Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8");
  if (body.byteLength <= bodyLimit) return body;
  throw new Problem("too-large", `A request body may have ${bodyLimit} bytes`, {
    extensions: { limit: bodyLimit },
  });
}

/** Who is asking; `authenticated` is false where the route asked for no token. */
export function callerOf(
  event: APIGatewayProxyEvent,
  frontSecret: string | undefined,
): { caller: Caller; authenticated: boolean } {
  const { requestContext } = event;
  const principal = principalIn(requestContext.authorizer?.principal);
  return {
    authenticated: principal !== undefined,
    caller: {
      principal: principal ?? noPrincipal,
      requestId: requestContext.requestId,
      sourceIp: addressOf(event, frontSecret),
      userAgent: headerOf(event, "user-agent") ?? "",
    },
  };
}

/**
 * Behind a front, API Gateway sees the front's address. The front says whose it was, and is believed only with the secret:
 * anybody can call the API by its own name and write any header. The access log keeps the other address, by request id.
 */
function addressOf(event: APIGatewayProxyEvent, secret: string | undefined): string {
  const direct = event.requestContext.identity?.sourceIp ?? "";
  const shown = headerOf(event, frontHeaders.secret);
  if (secret === undefined || shown === undefined || !sameSecret(shown, secret)) return direct;
  const viewer = headerOf(event, frontHeaders.viewer) ?? "";
  return isIP(viewer) === 0 ? direct : viewer;
}

/** In constant time: equal lengths are compared, whatever was sent. */
function sameSecret(shown: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(secret));
}

const headerOf = ({ headers }: APIGatewayProxyEvent, wanted: string): string | undefined =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];

function principalIn(context: unknown): Principal | undefined {
  if (typeof context !== "string") return undefined;
  return JSON.parse(context) as Principal;
}
