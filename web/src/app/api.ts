/** The HTTP API as the page uses it: JSON in and out, its own sentences when it refuses, retries on a bad line. */
import { type Session, SignedOut } from "../sign-in/session.ts";
import { Store } from "./store.ts";

/** The API's no (RFC 9457). */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  /** The last part of the problem's type, such as `not-found`. */
  readonly type: string;
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(String(problem.detail ?? problem.title ?? `HTTP ${status}`));
    this.status = status;
    this.type =
      String(problem.type ?? "")
        .split("/")
        .at(-1) ?? "";
    this.problem = problem;
  }
}

/** The line broke, or the server is away, and stayed so. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export interface Request {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What the client needs of the browser; tests bring their own. */
export interface Wires {
  readonly fetch: typeof fetch;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

const attempts = 5;
/** Answers 500 before a fault of the server's is believed by those who go on trying: no waiting mends it. */
const faults = 12;
/** Milliseconds one try may take. No answer of the API takes half a minute; on a thin line its bytes may. */
const longestTry = 120_000;
/** Milliseconds before try `attempt + 1`: full jitter, so that a hospital's many do not come back at once. */
export const pauseAfter = (attempt: number): number => Math.random() * Math.min(300 * 2 ** attempt, 30_000);

const browserWires: Wires = {
  fetch: (...given) => fetch(...given),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export class Api {
  readonly #base: string;
  readonly #session: Pick<Session, "token" | "refused">;
  readonly #wires: Wires;
  readonly #patient: boolean;
  /** Why the last request has not been answered yet, while it is tried again. */
  readonly trouble: Store<Refused | Unreachable | undefined>;

  /** `patient`: goes on trying for as long as it takes, as what has begun should. */
  constructor(
    base: string,
    session: Pick<Session, "token" | "refused">,
    { patient = false, wires = browserWires }: { patient?: boolean; wires?: Wires } = {},
    trouble = new Store<Refused | Unreachable | undefined>(undefined),
  ) {
    this.trouble = trouble;
    this.#base = base;
    this.#session = session;
    this.#wires = wires;
    this.#patient = patient;
  }

  patient(): Api {
    return new Api(this.#base, this.#session, { patient: true, wires: this.#wires }, this.trouble);
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.send<T>("GET", path, signal ? { signal } : {});
  }

  /** Under one `Idempotency-Key` for every try, so that a lost answer makes nothing twice. */
  post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
    const headers = { "idempotency-key": crypto.randomUUID() };
    return this.send<T>("POST", path, { body, headers, ...(signal && { signal }) });
  }

  /**
   * Retries lost connections, 5xx and whatever names a `Retry-After`. Waits where the sign-in has expired. Throws Refused,
   * Unreachable, SignedOut, or what `signal` was aborted with.
   */
  async send<T>(method: string, path: string, request: Request = {}): Promise<T> {
    let signedAgain = false;
    let failed = 0;
    for (let attempt = 1; ; attempt++) {
      const isLast = (): boolean => (this.#patient ? failed >= faults : attempt >= attempts);
      request.signal?.throwIfAborted();
      const { answer, bearer } = await this.#once(method, path, request, isLast());
      if (answer?.ok && this.trouble.value) this.trouble.value = undefined;
      if (answer?.ok) return answer.body as T;
      if (answer?.status === 500) failed++;
      if (answer?.status === 401 && !signedAgain) {
        signedAgain = true;
        this.#session.refused(bearer);
        continue;
      }
      const refused = answer && new Refused(answer.status, problemIn(answer));
      if (answer && refused && (isLast() || !mayPass(answer))) throw refused;
      this.trouble.value = refused ?? new Unreachable("The server cannot be reached.");
      await this.#wires.sleep(retryAfter(answer) + pauseAfter(attempt));
    }
  }

  /** The whole answer: one that breaks off, or is no JSON though it should be, is none. */
  async #once(method: string, path: string, { body, headers, signal }: Request, last: boolean) {
    let bearer = "";
    try {
      bearer = await this.#session.token();
      const patience = AbortSignal.timeout(longestTry);
      const answer = await this.#wires.fetch(`${this.#base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${bearer}`,
          accept: "application/json, application/fhir+json, application/problem+json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      });
      return { answer: await received(answer), bearer };
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof SignedOut) throw cause;
      if (last) throw new Unreachable("The server cannot be reached.", { cause });
      return { answer: undefined, bearer };
    }
  }
}

interface Received {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly text: string;
  /** Of a success, but for one that has none. */
  readonly body?: unknown;
}

/** No Content (RFC 9110 §15.3.5): the only success without a body that the API answers with. */
const noContent = 204;

async function received(answer: Response): Promise<Received> {
  const text = await answer.text();
  const { status, ok, headers } = answer;
  return { status, ok, headers, text, ...(ok && status !== noContent && { body: JSON.parse(text) }) };
}

/** 501 is a no, and stays one. */
const mayPass = ({ status, headers }: Received): boolean =>
  (status >= 500 && status !== 501) || status === 429 || (status === 409 && headers.has("retry-after"));

/** Milliseconds (RFC 9110 §10.2.3 says seconds). */
const retryAfter = (answer: Received | undefined): number =>
  Math.min(Number(answer?.headers.get("retry-after")) || 0, 60) * 1000;

function problemIn({ text }: Received): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Whether asking again later may be answered: the line is away, or the server busy or failing. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Refused && (error.status >= 500 || error.status === 429));
