/** What one search may cost. Stated in docs/conformance-statement.md; a test computes the read units they lead to. */
export const searchLimits = {
  /** Results a page, when the client names no limit, and at most. */
  defaultLimit: 100,
  maximumLimit: 1000,
  /** A page ends before it grows beyond this as JSON: Lambda answers 6 MB at most, and gzip is not every client's. */
  pageBytes: 3 * 1024 * 1024,
  /** Studies a request may look at to fill its page when part of the query is served by no index. */
  studiesExamined: 1000,
  /** Series and instances a request may look at besides: a search for one may go through studies of thousands. */
  elementsExamined: 10_000,
  /** `offset` walks over what it skips; beyond this use the cursor. */
  maximumOffset: 1000,
} as const;
