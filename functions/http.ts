/**
 * The HTTP side of every `api.ts`: parse → authorise → one use case → reply. Middy carries the Lambda concerns, Hono the
 * HTTP ones. Types first; the machinery is in `functions/http/`.
 *
 * @example
 * export const handler = api("share", {
 *   schemas: shareSchemas,
 *   handlers: { createShare: async ({ grant, body, id }) => ({ status: 201, body: await createShare(grant, id, body) }), … },
 *   publicHandlers: { openShare: async ({ body, caller }) => ({ status: 200, body: await openShare(…) }) },
 * });
 */
import type { Grant } from "../shared/access/grant.ts";
import type { Caller } from "../shared/access/principal.ts";
import type { Capability } from "../shared/contract/route.ts";
import type {
  BodyOf,
  ParamsOf,
  PrivateRouteIdOf,
  PublicRouteIdOf,
  QueryOf,
  Schemas,
} from "./http/contract.ts";
import { type Kernel, kernelFromEnvironment } from "./http/kernel.ts";
import { type ApiHandler, lambdaHandler } from "./http/lambda-handler.ts";
import { router } from "./http/router.ts";

/** What a handler receives: input already validated by the route's schemas. */
export interface ApiRequest<Params, Query, Body> {
  readonly grant: Grant;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  /** Every value of repeated query parameters, in order, undecoded beyond percent-decoding (QIDO-RS needs them). */
  readonly search: URLSearchParams;
  /** Base URL clients see (`https://host/api`), without trailing slash. */
  readonly baseUrl: string;
  /**
   * A ULID for what the request creates. The same when a request is repeated under its Idempotency-Key, even after the
   * function died half way: create under this id and a repetition finds it.
   */
  readonly id: string;
}

/** A public route has no grant: it is its own use case's business to check the credential in the body. */
export interface PublicRequest<Params, Query, Body> extends Omit<ApiRequest<Params, Query, Body>, "grant"> {
  readonly caller: Caller;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, strings and bytes as they are (set Content-Type), undefined as no body. */
  readonly body?: unknown;
}

type HandlersOf<C extends Capability, S> = {
  readonly [Id in PrivateRouteIdOf<C>]: (
    request: ApiRequest<ParamsOf<S, Id>, QueryOf<S, Id>, BodyOf<S, Id>>,
  ) => Promise<Reply>;
};
type PublicHandlersOf<C extends Capability, S> = {
  readonly [Id in PublicRouteIdOf<C>]: (
    request: PublicRequest<ParamsOf<S, Id>, QueryOf<S, Id>, BodyOf<S, Id>>,
  ) => Promise<Reply>;
};

export type Definition<C extends Capability, S extends Schemas<C>> = {
  readonly schemas: S;
  /**
   * Answers a request repeated under its Idempotency-Key anew, instead of the stored reply: for replies with signed URLs
   * or over 100 KB. `request.id` is the first request's.
   */
  readonly replay?: Partial<HandlersOf<C, S>>;
} & ([PrivateRouteIdOf<C>] extends [never]
  ? { readonly handlers?: Record<string, never> }
  : { readonly handlers: HandlersOf<C, S> }) &
  ([PublicRouteIdOf<C>] extends [never]
    ? { readonly publicHandlers?: Record<string, never> }
    : { readonly publicHandlers: PublicHandlersOf<C, S> });

/** The Lambda handler of a capability: exactly its routes, each authorised, validated, audited and idempotent as its route says. */
export function api<C extends Capability, const S extends Schemas<C>>(
  capability: C,
  definition: Definition<C, S>,
  kernel: () => Kernel = kernelFromEnvironment,
): ApiHandler {
  return lambdaHandler(kernel, (ready) => router(capability, definition, ready));
}
