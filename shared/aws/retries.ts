import { ConditionFailed, Transient } from "../errors.ts";
import { isAmbiguous, isTransient, ServiceFault } from "./service-fault.ts";

export interface RetryOptions {
  readonly attempts?: number;
  /** First ceiling of the pause, in milliseconds; it doubles up to `longest`. */
  readonly base?: number;
  readonly longest?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Calls until it succeeds or fails for good, with full-jitter pauses between. `call` throws ServiceFaults; what
 * `retriable` (default: transient) accepts is tried again, and Transient is thrown when the attempts are used up.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  retriable: (fault: ServiceFault) => boolean = isTransient,
  { attempts = 8, base = 25, longest = 1000, sleep = pause }: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ServiceFault) || !retriable(error)) throw error;
      if (attempt === attempts) throw new Transient(`${error.operation} did not succeed`, { cause: error });
      await sleep(Math.random() * Math.min(longest, base * 2 ** (attempt - 1)));
    }
  }
}

/**
 * The same for one write that does no harm when it arrives twice but has a condition. Throws ConditionFailed when
 * `lost` says that the condition did not hold; after an attempt whose answer never came, that attempt may be what made
 * it fail, which only reading again can tell: then Transient.
 */
export async function writeOnce<T>(
  call: () => Promise<T>,
  lost: (fault: ServiceFault) => boolean,
  options: RetryOptions = {},
): Promise<T> {
  let unsure = false;
  const retriable = (fault: ServiceFault): boolean => {
    unsure ||= isAmbiguous(fault);
    return isTransient(fault);
  };
  try {
    return await withRetries(call, retriable, options);
  } catch (error) {
    if (!(error instanceof ServiceFault) || !lost(error)) throw error;
    if (unsure) throw new Transient(`${error.operation} may have been done already`, { cause: error });
    throw new ConditionFailed([0]);
  }
}
