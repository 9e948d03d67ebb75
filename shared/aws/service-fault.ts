/** What an AWS service answered instead of a result, whichever client asked it. */
import { busyKeyOfObject } from "./refused-key.ts";

export class ServiceFault extends Error {
  override readonly name = "ServiceFault";
  /** `GetItem`, `CopyObject`, … */
  readonly operation: string;
  /** The service's error code, such as `ThrottlingException`; `Lost` when no answer came. */
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** One code per write of a cancelled DynamoDB transaction; `None` for those that were not to blame. */
  readonly reasons: readonly string[];

  constructor(
    operation: string,
    fault: {
      readonly code: string;
      readonly status: number;
      readonly message?: string;
      readonly reasons?: readonly string[];
      readonly cause?: unknown;
    },
  ) {
    const said = fault.message === undefined ? "" : `: ${withoutValues(fault.message)}`;
    super(
      `${operation} answered ${fault.code}${said}`,
      fault.cause === undefined ? {} : { cause: fault.cause },
    );
    this.operation = operation;
    this.code = fault.code;
    this.status = fault.status;
    this.reasons = fault.reasons ?? [];
  }
}

const throttled = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "ThrottledException",
  "Throttling",
  "RequestLimitExceeded",
  "RequestThrottled",
  "SlowDown",
  "TooManyRequestsException",
]);
const contended = new Set([
  "TransactionConflictException",
  "TransactionInProgressException",
  "OperationAborted",
  "ConditionalRequestConflict",
]);
const lost = new Set(["Lost", "TimeoutError", "RequestTimeout", "RequestTimeoutException", "AbortError"]);

/** Nothing was done, and the same call may succeed a little later. */
function wasRefusedForNow({ code, status }: ServiceFault): boolean {
  return throttled.has(code) || contended.has(code) || status === 429 || busyKeyOfObject({ code });
}

/** The answer does not say whether anything was done. */
export function isAmbiguous(fault: ServiceFault): boolean {
  return !wasRefusedForNow(fault) && (fault.status >= 500 || fault.status === 0 || lost.has(fault.code));
}

export const isTransient = (fault: ServiceFault): boolean => wasRefusedForNow(fault) || isAmbiguous(fault);

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

/** Reads an error thrown by an AWS SDK client; an error of the connection becomes `Lost`. */
export function faultOf(operation: string, thrown: unknown): ServiceFault {
  if (thrown instanceof ServiceFault) return thrown;
  const error = thrown as SdkError;
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode ?? 0;
  const code = status === 0 && !lost.has(error.name ?? "") ? "Lost" : (error.name ?? "Unknown");
  const reasons = error.CancellationReasons?.map(({ Code }) => Code ?? "None");
  return new ServiceFault(operation, {
    code,
    status,
    ...(status !== 0 && error.message !== undefined && { message: error.message }),
    ...(reasons && { reasons }),
    // An error without an answer has no text of the service in it, so its cause is safe to keep.
    ...(status === 0 && { cause: thrown }),
  });
}

/** Services quote what they were sent; a key may hold a patient's identifier. */
const withoutValues = (message: string): string =>
  message.replace(/'[^']*'|"[^"]*"|\[[^\]]*\]/g, "…").slice(0, 200);
