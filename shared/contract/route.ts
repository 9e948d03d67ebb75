/** A route of the HTTP API as data: infrastructure, authorizer tests, OpenAPI and handlers all read this one table. */

export const capabilities = [
  "upload",
  "ingest",
  "catalog",
  "query",
  "retrieve",
  "consult",
  "order",
  "report",
  "share",
  "network",
  "audit",
  "contract",
] as const;
export type Capability = (typeof capabilities)[number];

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/**
 * What a route acts on, and so how the request is narrowed before its use case runs:
 * - `own-hospital`: the principal's hospital (an operator may name one with `?hospital=`)
 * - `scope`: the image root in the path: `hospital-…`, `consult-…`, `share-…` or `mine`
 * - `study`: the study in the path, in whichever hospital the principal may read it (`?hospital=` when several hold it)
 * - `report`, `share`, `consult`: the item in the path, and through it its study
 * - `opened-share`: the study a share access token was given for
 * - `network`: the network of hospitals itself
 * - `self`: nothing but the principal
 */
export type Target =
  | "own-hospital"
  | "scope"
  | "study"
  | "report"
  | "share"
  | "consult"
  | "opened-share"
  | "network"
  | "self";

export interface Route {
  /** The operationId, a verb and a noun. Also the name of the Cedar action, in PascalCase. */
  readonly id: string;
  readonly method: Method;
  /** Path with `{name}` parameters, without stage. */
  readonly path: string;
  readonly capability: Capability;
  readonly access: { readonly target: Target } | { readonly public: string };
  readonly summary: string;
  /** POSTs that create something honour `Idempotency-Key`. */
  readonly idempotent?: boolean;
}
