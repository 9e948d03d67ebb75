/** Errors as RFC 9457 problem documents. What we did not foresee says nothing but its request id. */
import {
  ConditionFailed,
  KeyUnavailable,
  Problem,
  type ProblemType,
  problems,
  Transient,
} from "../../shared/errors.ts";
import type { Reply } from "../http.ts";
import { errorFields, log } from "../log.ts";

export interface ProblemPlace {
  readonly baseUrl: string;
  readonly requestId: string;
  /** The route's id, for the log. */
  readonly action?: string;
}

const retryAfterSeconds = "2";

export function problemReply(error: unknown, place: ProblemPlace): Reply {
  const problem = asProblem(error);
  const { status, title } = problems[problem.type];
  if (status >= 500) {
    log("error", "request failed", {
      requestId: place.requestId,
      action: place.action,
      problem: problem.type,
      ...errorFields(problem.cause ?? problem),
    });
  }
  const { retryAfter, ...extensions } = problem.extensions;
  const retry = retryAfter ?? (status === 503 ? retryAfterSeconds : undefined);
  return {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      ...(retry === undefined ? {} : { "Retry-After": String(retry) }),
    },
    body: {
      ...extensions,
      type: `${place.baseUrl}/problems/${problem.type}`,
      title,
      status,
      detail: problem.detail,
      instance: `urn:request:${place.requestId}`,
    },
  };
}

/** Each of the project's errors maps once; the rest are ours to fix. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const [type, detail] = foreign(error);
  return new Problem(type, detail, { cause: error });
}

function foreign(error: unknown): [ProblemType, string] {
  if (error instanceof ConditionFailed)
    return ["conflict", "Someone else changed this at the same moment: read it again, then repeat"];
  if (error instanceof Transient) return ["unavailable", "A service behind this one could not answer"];
  if (error instanceof KeyUnavailable)
    return ["unavailable", "The hospital's encryption key is disabled or cannot be used now"];
  return ["internal", "The request id tells the operators where to look"];
}
