/** The HTTP API as a person's program uses it: a token, JSON both ways, and a sentence when it says no. */
import { places } from "./places.ts";
import { StepProblem } from "./progress.ts";

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers rather than failures, besides 2xx. */
  readonly accept?: readonly number[];
}
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}
export type Call = <T>(method: string, path: string, options?: CallOptions) => Promise<Answer<T>>;

/** Calls of one person; without a token, of a stranger. Throws StepProblem with the server's own sentence. */
export function caller(api: string, accessToken?: string): Call {
  return async <T>(method: string, path: string, options: CallOptions = {}) => {
    const { body, headers = {}, accept = [] } = options;
    const response = await fetch(`${api}${path}`, {
      method,
      // Bytes lie behind redirects, without the Authorization header; whoever wants them follows.
      redirect: "manual",
      headers: {
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && !accept.includes(response.status))
      throw new StepProblem(`${method} ${path} answered ${response.status}: ${sentence(text)}`, {
        ...(response.status >= 500 && { log: places.log("functions") }),
      });
    return { status: response.status, headers: response.headers, body: parse(text) as T };
  };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentence(text: string): string {
  const problem = parse(text) as { title?: string; detail?: string; message?: string } | undefined;
  const said = [problem?.title, problem?.detail ?? problem?.message].filter(Boolean).join(": ");
  return said || text.slice(0, 300) || "nothing more";
}
