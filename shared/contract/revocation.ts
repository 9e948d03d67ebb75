/**
 * How long a closed door may stay open. S3 cannot revoke a signed URL, so after a link, a consult or a key is revoked the
 * last bytes leave when every one of these has run out. A download already started finishes.
 */
export const revocation = {
  /** Life of a presigned GET. */
  signedUrlSeconds: 45,
  /** API Gateway's cache of the authorizer's answer: a revoked principal may still be let in this long. */
  authorizerCacheSeconds: 5,
  /** The signer's clock may run ahead of S3's by this much: a URL then lives that much longer. */
  clockSkewSeconds: 5,
  /** What the sum of the above is held to. */
  promisedSeconds: 60,
} as const;

/** Life of the access token that opening a link gives. Revocation does not wait for it: each use looks the link up. */
export const shareSessionSeconds = 15 * 60;
