/** A verified token's claims as a Principal. */
import { isHospitalId } from "../contract/identifiers.ts";
import { assertWithin } from "./issuer-limits.ts";
import { type Principal, type Role, roles } from "./principal.ts";
import { TokenRefused } from "./token-refused.ts";
import type { VerifiedToken } from "./verify-token.ts";

const defaultClaims = { hospital: "hospital", roles: "roles", licence: "licence" } as const;

/** Throws TokenRefused when the claims are not well formed, or more than the issuer may say. */
export function principalFrom(token: VerifiedToken): Principal {
  const principal = claimed(token);
  assertWithin(token.issuer, principal);
  return principal;
}

function claimed({ claims, issuer }: VerifiedToken): Principal {
  const names = issuer.claims ?? defaultClaims;
  const kind = isMachine(claims) ? "machine" : "user";
  const scopes = words(claims.scope ?? claims.scp);
  const hospital =
    hospitalId(claims[names.hospital]) ?? (kind === "machine" ? hospitalInScopes(scopes) : undefined);
  const licence = text(claims[names.licence]);
  const authenticatedAt = seconds(claims.auth_time);
  return {
    id: `${kind}:${claims.sub}@${issuer.issuer.replace(/^https?:\/\//, "")}`,
    kind,
    name:
      text(claims.name) ??
      text(claims.preferred_username) ??
      text(claims["cognito:username"]) ??
      `${claims.sub}`,
    roles: rolesOf(words(claims[names.roles]), kind),
    ...(hospital !== undefined && { hospital }),
    ...(licence !== undefined && { licence }),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
    scopes,
  };
}

type Claims = VerifiedToken["claims"];

/** RFC 9068 §5: a client-credentials token's subject is the client itself. */
function isMachine(claims: Claims): boolean {
  const client = claims.client_id ?? claims.azp;
  return claims.gty === "client-credentials" || (client !== undefined && client === claims.sub);
}

/** A machine is a service and nothing else, whatever its token says. */
function rolesOf(named: readonly string[], kind: "user" | "machine"): readonly Role[] {
  if (kind === "machine") return ["service"];
  return roles.filter((role) => role !== "service" && named.includes(role));
}

/** Issuers that put no claims of ours into client-credentials tokens grant a scope such as `mic/hospital-<id>`. */
function hospitalInScopes(scopes: readonly string[]): string | undefined {
  const found = scopes
    .flatMap((scope) => /(?:^|\/)hospital-([^/]+)$/.exec(scope)?.[1] ?? [])
    .filter(isHospitalId);
  return found.length === 1 ? found[0] : undefined;
}

/** A hospital that cannot be one is not the same as none: without one, some roles reach further. */
function hospitalId(claim: unknown): string | undefined {
  if (claim === undefined || claim === null || claim === "") return undefined;
  if (typeof claim === "string" && isHospitalId(claim)) return claim;
  throw new TokenRefused("The token's hospital is not a hospital's id");
}

const text = (claim: unknown): string | undefined =>
  typeof claim === "string" && claim !== "" ? claim : undefined;

const seconds = (claim: unknown): string | undefined =>
  typeof claim === "number" ? new Date(claim * 1000).toISOString() : undefined;

/** A list, or words in one string (OAuth's `scope`). */
function words(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((word): word is string => typeof word === "string");
  return typeof claim === "string" ? claim.split(/[\s,]+/).filter((word) => word !== "") : [];
}
