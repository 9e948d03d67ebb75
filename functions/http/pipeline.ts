/** One request through one route: form → authorise → validate → once → handler → audit → reply. */
import type { APIGatewayProxyEvent } from "aws-lambda";
import { authorise } from "../../shared/access/authorise.ts";
import type { Asked } from "../../shared/access/resolve.ts";
import type { Route } from "../../shared/contract/route.ts";
import { Problem } from "../../shared/errors.ts";
import { newUlid } from "../../shared/new-ulid.ts";
import type { ApiRequest, PublicRequest, Reply } from "../http.ts";
import { isPublic, type RouteSchema } from "./contract.ts";
import { bodyOf, callerOf } from "./event.ts";
import { once } from "./idempotency.ts";
import type { Kernel } from "./kernel.ts";
import { checkForm, queryObject, validated } from "./validate.ts";

export type Handler = (
  request: ApiRequest<unknown, unknown, unknown> & PublicRequest<unknown, unknown, unknown>,
) => Promise<Reply>;

export interface RouteParts {
  readonly route: Route;
  readonly schema: RouteSchema;
  readonly handler: Handler;
  readonly replay?: Handler;
}

export interface Exchange {
  readonly kernel: Kernel;
  readonly event: APIGatewayProxyEvent;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
}

/** Routes whose answers hold no patient's data and change nothing need no record. */
const unaudited = new Set(["self", "network"]);

export async function answerPrivate(parts: RouteParts, exchange: Exchange): Promise<Reply> {
  const { route, handler, replay } = parts;
  const { kernel, event, request } = exchange;
  const { caller, authenticated } = callerOf(event, kernel.frontSecret);
  if (isPrivate(route) === false || !authenticated)
    throw new Problem("unauthenticated", "Send a bearer token");
  const access = await authorise(kernel, {
    route,
    caller,
    params: checkedParams(exchange.params),
    ...hospitalIn(request),
    ...purposeIn(request),
  });
  const input = inputOf(parts, exchange);
  const answered = async (id: string, run: Handler): Promise<Reply> => {
    const reply = await run({ ...input, grant: access.grant, caller, id });
    if (route.method !== "GET" || !unaudited.has(route.access.target)) await access.ensureAudited();
    return reply;
  };
  const idempotencyKey = request.headers.get("idempotency-key");
  if (!route.idempotent || idempotencyKey === null) return answered(newUlid(), handler);
  return once(kernel, {
    principal: caller.principal.id,
    key: idempotencyKey,
    method: route.method,
    path: event.path,
    query: input.search,
    body: bodyOf(event),
    run: (id) => answered(id, handler),
    ...(replay && { replay: (id: string) => answered(id, replay) }),
  });
}

export async function answerPublic(parts: RouteParts, exchange: Exchange): Promise<Reply> {
  const { caller } = callerOf(exchange.event, exchange.kernel.frontSecret);
  checkedParams(exchange.params);
  const request = { ...inputOf(parts, exchange), caller, id: newUlid() };
  return parts.handler(request as Parameters<Handler>[0]);
}

const isPrivate = (route: Route): route is Asked["route"] => !isPublic(route);

function inputOf({ schema }: RouteParts, { kernel, event, request, params }: Exchange) {
  const search = new URL(request.url).searchParams;
  return {
    params: schema.params ? validated(schema.params, params, "params") : params,
    query: schema.query ? validated(schema.query, queryObject(search), "query") : {},
    body: schema.body ? validated(schema.body, jsonIn(event, request), "body") : undefined,
    headers: request.headers,
    search,
    baseUrl: kernel.baseUrl,
  };
}

function checkedParams(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(params)) checkForm(name, value);
  return params;
}

function hospitalIn(request: Request): { hospital?: string } {
  const hospital = new URL(request.url).searchParams.get("hospital");
  if (hospital === null) return {};
  checkForm("hospital", hospital);
  return { hospital };
}

/** A code of HL7's PurposeOfUse, such as TREAT or ETREAT: free text could hold a patient's name. */
function purposeIn(request: Request): { purpose?: string } {
  const purpose = request.headers.get("x-purpose-of-use");
  if (purpose === null) return {};
  if (/^[A-Z]{2,16}$/.test(purpose)) return { purpose };
  throw new Problem("invalid-request", "X-Purpose-Of-Use: must be a PurposeOfUse code, such as TREAT");
}

function jsonIn(event: APIGatewayProxyEvent, request: Request): unknown {
  const bytes = bodyOf(event);
  if (bytes === undefined) return undefined;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !type.endsWith("+json"))
    throw new Problem("unsupported-media-type", "Send application/json");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Problem("invalid-request", "body: is not JSON in UTF-8", { cause });
  }
}
