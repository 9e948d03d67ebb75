/** Calls an `api.ts` as API Gateway would, on stores in memory. */
import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { Kernel } from "../../functions/http/kernel.ts";
import type { ApiHandler } from "../../functions/http/lambda-handler.ts";
import type { Principal } from "../../shared/access/principal.ts";
import type { Clock } from "../../shared/ports.ts";
import { type FixedClock, fixedClock } from "./memory/clock.ts";
import { type MemoryDownloadSigner, memoryDownloadSigner } from "./memory/download-signer.ts";
import { type MemoryObjects, memoryObjects } from "./memory/objects.ts";
import { type MemoryTable, memoryTable } from "./memory/table.ts";
import { testRegion } from "./principals.ts";

export interface TestKernel extends Kernel {
  readonly table: MemoryTable;
  readonly objects: MemoryObjects;
  readonly downloads: MemoryDownloadSigner;
  readonly clock: FixedClock;
}

/** Pass `() => testKernel` as the third argument of `api`. */
export function testKernel(clock: Clock & FixedClock = fixedClock()): TestKernel {
  const objects = memoryObjects({ clock });
  return {
    table: memoryTable(),
    objects,
    downloads: memoryDownloadSigner(objects, clock),
    clock,
    region: testRegion,
    baseUrl: "https://images.example/api",
    allowedOrigins: ["https://images.example"],
  };
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS";
  /** May carry a query string. */
  readonly path: string;
  readonly principal?: Principal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

export async function callApi(handler: ApiHandler, call: Call): Promise<Answer> {
  const result = await handler(eventFor(call), {} as Context);
  const bytes = Buffer.from(result.body, result.isBase64Encoded ? "base64" : "utf8");
  const headers = Object.fromEntries(
    Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const plain = headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
  const isJson = /[/+]json/.test(headers["content-type"] ?? "");
  return {
    status: result.statusCode,
    headers,
    bytes,
    json: isJson ? JSON.parse(plain.toString("utf8")) : undefined,
  };
}

let requests = 0;

/** A REST proxy event, payload format 1.0. */
function eventFor({ method, path, principal, headers = {}, body }: Call): APIGatewayProxyEvent {
  const url = new URL(path, "https://images.example");
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  requests += 1;
  return {
    httpMethod: method,
    path: url.pathname,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    multiValueQueryStringParameters: query,
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      requestId: `request-${requests}`,
      identity: { sourceIp: "192.0.2.1" },
      ...(principal && { authorizer: { principal: JSON.stringify(principal) } }),
    },
  } as unknown as APIGatewayProxyEvent;
}
