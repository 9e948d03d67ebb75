/**
 * How a revoked access stops reaching bytes. S3 cannot revoke a signed URL, so the longest path after a revocation is:
 * the authorizer's cached answer lets one more request in, which is given one more URL, judged by a clock that is behind.
 * Links and consults are looked up afresh on every request, so for them the cache costs nothing.
 */

/** What we promise: after this long, revoked access reaches no byte. A download already started finishes. */
export const revocationSeconds = 60;
/** Lifetime of a signed URL for reading. */
export const signedUrlSeconds = 40;
/** How long API Gateway keeps the authorizer's answer for a token. */
export const authorizerCacheSeconds = 10;
/** Difference between two of AWS's clocks that we allow for. */
export const clockSkewSeconds = 5;

export const revocation = { signedUrlSeconds, authorizerCacheSeconds, clockSkewSeconds } as const;
