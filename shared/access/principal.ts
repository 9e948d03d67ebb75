/** Who is asking, as the authorizer established it from a verified token. */

export const roles = [
  "technician",
  "physician",
  "radiologist",
  "hospital-admin",
  "network-operator",
  "auditor",
  "patient",
  "service",
] as const;
export type Role = (typeof roles)[number];

export interface Principal {
  /** Stable and unique across issuers: `user:<issuer-scoped subject>`, `machine:<client id>`, `share:<share id>`. */
  readonly id: string;
  readonly kind: "user" | "machine" | "share";
  readonly name: string;
  readonly roles: readonly Role[];
  /** The hospital the principal acts for; absent for a network operator and a share. */
  readonly hospital?: string;
  /** A doctor's licence number, from the identity provider. */
  readonly licence?: string;
  /** When the person signed in (OIDC `auth_time`), UTC ISO-8601. */
  readonly authenticatedAt?: string;
  /** OAuth scopes granted to the token. */
  readonly scopes: readonly string[];
}

/** Where the request came from, for the audit record. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly userAgent: string;
}
