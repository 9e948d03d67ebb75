/** Cross-origin requests: the Lambda answers them itself, so that allowed origins are configuration and errors carry the headers too. */
const allowedHeaders =
  "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, X-Purpose-Of-Use";
const exposedHeaders = "Content-Disposition, ETag, Link, Location, Retry-After, Warning";

/** Headers for an answer to a page of `origin`; an origin that is not allowed gets only `Vary` (large answers are compressed). */
export function corsHeaders(
  origin: string | undefined,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  const vary = { vary: "Origin, Accept-Encoding" };
  if (origin === undefined || !allowed.includes(origin)) return vary;
  return {
    ...vary,
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders,
  };
}

/** Further headers that answer a preflight. Tokens travel in a header, so credentials (cookies) are never allowed. */
export const preflightHeaders = {
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": allowedHeaders,
  "access-control-max-age": "7200",
} as const;
