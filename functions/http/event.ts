/** API Gateway's REST proxy event (payload format 1.0) as a web Request and a Caller. */
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller, Principal } from "../../shared/access/principal.ts";
import { Problem } from "../../shared/errors.ts";

/** 1 MB: uploads go to S3, never through here. */
const bodyLimit = 1024 * 1024;

const noPrincipal: Principal = { id: "anonymous", kind: "user", name: "", roles: [], scopes: [] };

export function requestOf(event: APIGatewayProxyEvent): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers ?? {})) if (value) headers.set(name, value);
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
export function callerOf(event: APIGatewayProxyEvent): { caller: Caller; authenticated: boolean } {
  const { requestContext } = event;
  const principal = principalIn(requestContext.authorizer?.principal);
  const userAgent = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === "user-agent");
  return {
    authenticated: principal !== undefined,
    caller: {
      principal: principal ?? noPrincipal,
      requestId: requestContext.requestId,
      sourceIp: requestContext.identity?.sourceIp ?? "",
      userAgent: userAgent?.[1] ?? "",
    },
  };
}

function principalIn(context: unknown): Principal | undefined {
  if (typeof context !== "string") return undefined;
  return JSON.parse(context) as Principal;
}
