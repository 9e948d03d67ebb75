/**
 * The HTTP side of every `api.ts`: parse → authorise → one use case → reply. Middy carries the Lambda concerns, Hono the
 * HTTP ones. Types first; the machinery is in `functions/http/`.
 */
import type { Grant } from "../shared/access/grant.ts";
import type { Caller } from "../shared/access/principal.ts";

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
