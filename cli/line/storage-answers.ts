/** What S3's answers to a signed PUT mean for the one who sends. */
import type { StorageAnswer } from "./exchange.ts";

export type Verdict =
  /** The bytes are there. */
  | "stored"
  /** The URL's time, or that of the session which signed it, is over: sign again. */
  | "expired"
  /** Other bytes arrived than were signed: the line changed them, or the file did. */
  | "corrupted"
  /** Busy or failing: later, and more slowly. */
  | "busy"
  /** The line was too slow for the storage, or broke. */
  | "broken"
  /** The multipart upload is gone. */
  | "parts-gone"
  /** A no that trying again will hardly change. */
  | "refused";

/** S3's error codes (Amazon S3 API Reference, "Error responses"); what is not listed goes by its status. */
const byCode: Readonly<Record<string, Verdict>> = {
  ExpiredToken: "expired",
  TokenRefreshRequired: "expired",
  RequestTimeTooSkewed: "expired",
  RequestExpired: "expired",
  BadDigest: "corrupted",
  XAmzContentChecksumMismatch: "corrupted",
  XAmzContentSHA256Mismatch: "corrupted",
  RequestTimeout: "broken",
  IncompleteBody: "broken",
  SlowDown: "busy",
  ServiceUnavailable: "busy",
  InternalError: "busy",
  OperationAborted: "busy",
  ConditionalRequestConflict: "busy",
  TooManyRequests: "busy",
  NoSuchUpload: "parts-gone",
};

const byStatus: Readonly<Record<number, Verdict>> = { 408: "broken", 412: "stored", 429: "busy" };

export const codeOf = ({ body }: StorageAnswer): string =>
  /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(body)?.[1] ?? "";

/** Never by the local clock: it may be hours off. */
export function verdictOf(answer: StorageAnswer): Verdict {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return "stored";
  const code = codeOf(answer);
  // S3 says AccessDenied of an expired URL as of a forbidden one, and tells them apart by its sentence only.
  if (code === "AccessDenied" && /<Message>Request has expired/.test(body)) return "expired";
  return byCode[code] ?? byStatus[status] ?? (status >= 500 ? "busy" : "refused");
}
