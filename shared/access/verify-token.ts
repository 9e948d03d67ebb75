/**
 * A JWT of one of the configured issuers, verified: issuer, audience, expiry, signature. Keys are fetched once and again
 * when a token names one not seen yet, so an issuer may rotate them at any time.
 */
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import * as errors from "jose/errors";
import { createRemoteJWKSet } from "jose/jwks/remote";
import { decodeJwt } from "jose/jwt/decode";
import { jwtVerify } from "jose/jwt/verify";
import { Transient } from "../errors.ts";
import type { IssuerLimits } from "./issuer-limits.ts";
import { TokenRefused } from "./token-refused.ts";

export interface TrustedIssuer extends IssuerLimits {
  readonly issuer: string;
  /** Audiences, or client ids for issuers whose access tokens name the client and no audience (Cognito). */
  readonly audience: string | readonly string[];
  /** Where its keys are; found by discovery when absent. */
  readonly jwksUri?: string | undefined;
  /** Names of the claims that hold hospital, roles and licence. */
  readonly claims?: ClaimNames | undefined;
}
interface ClaimNames {
  readonly hospital: string;
  readonly roles: string;
  readonly licence: string;
}
export interface VerifiedToken {
  readonly claims: JWTPayload;
  readonly issuer: TrustedIssuer;
}

/** Asymmetric only: with HS256 a public key would be a shared secret, and `none` needs none. */
const algorithms = ["RS256", "ES256"];
const clockToleranceSeconds = 5;
/** A token with an unknown key makes us ask again, but strangers' tokens not more often than this. */
const askAgainMilliseconds = 10_000;
const timeoutMilliseconds = 5000;

export type Verify = (token: string) => Promise<VerifiedToken>;

/** Throws TokenRefused for a token that is not good, Transient when an issuer's keys cannot be had now. */
export function tokenVerifier(issuers: readonly TrustedIssuer[], now: () => Date = () => new Date()): Verify {
  const keySets = new Map<string, Promise<JWTVerifyGetKey>>();

  function keysOf(issuer: TrustedIssuer): Promise<JWTVerifyGetKey> {
    const known = keySets.get(issuer.issuer);
    if (known) return known;
    const found = keySetOf(issuer);
    keySets.set(issuer.issuer, found);
    found.catch(() => keySets.delete(issuer.issuer));
    return found;
  }

  return async (token) => {
    const issuer = issuers.find((trusted) => trusted.issuer === claimedIssuer(token));
    if (!issuer) throw new TokenRefused("The token is of no issuer trusted here");
    const keys = await keysOf(issuer);
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["sub", "exp"],
      currentDate: now(),
    }).catch(refusedOrTransient);
    if (!meantForUs(payload, issuer)) throw new TokenRefused("The token is for another audience");
    return { claims: payload, issuer };
  };
}

function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw new TokenRefused("Not a JWT", { cause });
  }
}

/** RFC 7519 §4.1.3; Cognito's access tokens have `client_id` instead of `aud`. */
function meantForUs(claims: JWTPayload, { audience }: TrustedIssuer): boolean {
  const accepted = [audience].flat();
  const named = [claims.aud ?? (claims.client_id as string | undefined)].flat();
  return named.some((name) => name !== undefined && accepted.includes(name));
}

async function keySetOf(issuer: TrustedIssuer): Promise<JWTVerifyGetKey> {
  const uri = issuer.jwksUri ?? (await discovered(issuer.issuer));
  return createRemoteJWKSet(new URL(uri), {
    cooldownDuration: askAgainMilliseconds,
    timeoutDuration: timeoutMilliseconds,
  });
}

/** OpenID Connect Discovery 1.0 §4. */
async function discovered(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    const { issuer: named, jwks_uri: jwksUri } = (await response.json()) as Record<string, unknown>;
    if (response.ok && named === issuer && typeof jwksUri === "string") return jwksUri;
  } catch (cause) {
    throw new Transient("The issuer's discovery document cannot be read", { cause });
  }
  throw new Transient("The issuer's discovery document names another issuer or no keys");
}

function refusedOrTransient(cause: unknown): never {
  const refused =
    cause instanceof errors.JOSEError &&
    !(cause instanceof errors.JWKSTimeout) &&
    cause.code !== errors.JOSEError.code;
  if (refused) throw new TokenRefused("The token does not verify", { cause });
  throw new Transient("The issuer's keys cannot be read", { cause });
}
