import { createHash, randomBytes } from "node:crypto";

/** 256 random bits in base64url: 43 characters. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is stored instead of a token: hex SHA-256. A token is random in full, so it needs no salt or slow hash. */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Its prefix tells the authorizer that this is no JWT. */
export const newAccessToken = (): string => `mics_${newToken()}`;

/** Life of an access token. Revocation does not wait for it: every use looks the link up. */
export const sessionSeconds = 15 * 60;
