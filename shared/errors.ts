/**
 * The few errors this project throws. Each maps once to an HTTP problem (RFC 9457) and to retry or park.
 * A `detail` is written for the caller: what was wrong, where, what to do; never a patient's data.
 */

/** Stable problem types: the path is the last segment of the `type` URI, the status is the HTTP answer. */
export const problems = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "Sign in first" },
  forbidden: { status: 403, title: "You may not do this" },
  "not-found": { status: 404, title: "Not found" },
  "not-acceptable": { status: 406, title: "None of the accepted media types can be produced" },
  conflict: { status: 409, title: "The request conflicts with what is stored" },
  "ambiguous-study": { status: 409, title: "More than one hospital holds this study" },
  "passcode-required": { status: 403, title: "This link needs its passcode" },
  "link-closed": { status: 404, title: "This link cannot be opened" },
  "precondition-failed": { status: 412, title: "Changed by someone else since you read it" },
  "too-large": { status: 413, title: "Over a limit" },
  "unsupported-media-type": { status: 415, title: "This media type is not supported" },
  "idempotency-mismatch": { status: 422, title: "The Idempotency-Key was used for another request" },
  "precondition-required": { status: 428, title: "Send If-Match with the version you read" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong here" },
  "not-implemented": { status: 501, title: "Not supported by this server" },
  unavailable: { status: 503, title: "Try again shortly" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof problems;

/** An answer other than success, for the caller to read. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly type: ProblemType;
  readonly detail: string;
  /** Further members of the problem document, such as the limit that was crossed. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    type: ProblemType,
    detail: string,
    options: { cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.detail = detail;
    this.extensions = options.extensions ?? {};
  }

  get status(): number {
    return problems[this.type].status;
  }
}

/** A conditional write that lost: `failed` holds the indexes of the writes whose condition did not hold. */
export class ConditionFailed extends Error {
  override readonly name = "ConditionFailed";
  readonly failed: readonly number[];

  constructor(failed: readonly number[]) {
    super(`Condition failed for write ${failed.join(", ")}`);
    this.failed = failed;
  }
}

/** The other side could not answer now (throttled, 5xx, lost connection). The same call may succeed later. */
export class Transient extends Error {
  override readonly name = "Transient";
}

/** The encryption key of a hospital is disabled, pending deletion or not the one expected. */
export class KeyUnavailable extends Error {
  override readonly name = "KeyUnavailable";
  /** ARN or id of the key, where the other side names it. */
  readonly kmsKeyId?: string;

  constructor(message: string, options: { readonly cause?: unknown; readonly kmsKeyId?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    if (options.kmsKeyId !== undefined) this.kmsKeyId = options.kmsKeyId;
  }
}
