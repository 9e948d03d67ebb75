/** What the web pages may load and whom they may ask: the CDN's header and the local front door's, so that both refuse the same. */

export interface PageSources {
  /** Origins of stored bytes: presigned uploads and downloads. */
  readonly storage: string;
  /** Origins of the issuers people sign in at; one on the pages' own origin may be left out. */
  readonly issuers: readonly string[];
}

/** A Content-Security-Policy (CSP Level 3). No inline script, style or frame, and no other origin than those named. */
export function pagePolicy({ storage, issuers }: PageSources): string {
  return [
    "default-src 'self'",
    `img-src 'self' data: blob: ${storage}`,
    ["connect-src 'self'", storage, ...new Set(issuers)].join(" "),
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
