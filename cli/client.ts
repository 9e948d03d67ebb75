/** The HTTP API as the command line uses it: JSON in and out, problems as sentences, retries on a bad line. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed, Refused } from "./failures.ts";
import { isOutOfPatience, pauseAfter } from "./patience.ts";

interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly status?: number;
}

/** Asked again when the server does not accept it: an access token lives for an hour, an upload on a thin line for days. */
export type TokenSource = () => string;

export interface ApiAnswer<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Tries before a broken line or a failing server is believed, and before a busy one is; `fault`: a patient client's 500. */
const attempts = { failing: 5, busy: 12, fault: 12 } as const;
const longestAskedFor = 60;
/** Milliseconds one try may take. No answer of the API takes half a minute; on a thin line its bytes may. */
const longestTry = 120_000;

interface Received {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly text: string;
  /** Of a success, but for one that has none. */
  readonly body?: unknown;
}

/** A page of a proxy, or of a network that wants somebody to sign in, or nothing: what was asked for was not answered. */
class NotOurs extends Error {}

/** No Content (RFC 9110 §15.3.5): the only success without a body that the API answers with. */
const noContent = 204;

function bodyOf(status: number, text: string): unknown {
  if (status === noContent) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NotOurs("The answer is no JSON.", { cause });
  }
}

export interface Patience {
  /** Hears once a request, after some tries, why it takes longer. */
  readonly onWait?: (why: string) => void;
  /** Patient only with a server that has answered before: an address that is wrong is told at once. */
  readonly onceAnswered?: boolean;
}

interface Trouble {
  readonly began: number;
  attempt: number;
  /** Answers that were a 500. */
  faults: number;
}

export class ApiClient {
  readonly base: string;
  readonly #token: TokenSource;
  /** Whom the command line chose among the local cloud's people; a token is somebody's we do not know. */
  readonly username: string | undefined;
  #patient: Patience | undefined;
  #answered = false;

  constructor(base: string, token: string | TokenSource, username?: string) {
    this.base = base.replace(/\/$/, "");
    this.#token = typeof token === "string" ? () => token : token;
    this.username = username;
  }

  /**
   * The same, waiting minutes for a line or server that is away: what has begun should not end for that. A 500 is no
   * absence but a fault of the server's (RFC 9110 §15.6.1), and is believed after a minute or two of tries.
   */
  patient(patience: Patience = {}): ApiClient {
    const patient = new ApiClient(this.base, this.#token, this.username);
    patient.#patient = patience;
    return patient;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.request<T>("GET", path)).body;
  }

  async post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return (await this.request<T>("POST", path, body, headers)).body;
  }

  /**
   * Retries lost connections and 5xx with full jitter, and waits as long as a busy server asks (429, 503, and 409 while the
   * first try of a request is still being answered). Throws CommandFailed with the server's own sentence.
   */
  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const trouble = { began: performance.now(), attempt: 0, faults: 0 };
    let token = this.#token();
    for (;;) {
      trouble.attempt++;
      const more = { ...headers, authorization: `Bearer ${token}` };
      const answer = await this.#send(method, path, body, more).catch((cause: unknown) => {
        if (this.#isBelieved(trouble)) throw new CommandFailed(unreachable(this.base, cause), 1, cause);
        return undefined;
      });
      const used = token;
      token = answer?.status === 401 ? this.#token() : token;
      if (token !== used) continue;
      if (answer?.status === 500) trouble.faults++;
      this.#answered ||= answer !== undefined && !isTrouble(answer);
      if (answer && (!isTrouble(answer) || this.#isBelieved(trouble, answer))) return this.#read<T>(answer);
      if (trouble.attempt === attempts.failing) this.#patient?.onWait?.(whyWaiting(answer));
      await sleep(pauseBefore(trouble.attempt, answer));
    }
  }

  /** Whether a request was tried for long enough. */
  #isBelieved({ began, attempt, faults }: Trouble, answer?: Received): boolean {
    const patient = this.#patient && (this.#answered || !this.#patient.onceAnswered);
    if (patient) return answer?.status === 500 ? faults >= attempts.fault : isOutOfPatience(began);
    return attempt >= (answer && isBusy(answer) ? attempts.busy : attempts.failing);
  }

  /** The whole answer: one that breaks off is none. */
  async #send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Received> {
    const answer = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        accept: "application/json, application/dicom+json, application/problem+json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      signal: AbortSignal.timeout(longestTry),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, ok, headers: answered } = answer;
    const text = await answer.text();
    return { status, ok, headers: answered, text, ...(ok && { body: bodyOf(status, text) }) };
  }

  #read<T>(answer: Received): ApiAnswer<T> {
    const { text } = answer;
    if (answer.ok) return { body: answer.body as T, headers: answer.headers };
    if (answer.status === 401) throw new CommandFailed(notSignedIn(this.username));
    const asWhom = answer.status === 403 || answer.status === 404 ? this.username : undefined;
    const sentence = `${sentenceOf(answer.status, text)}${asWhom ? ` (asked as ${asWhom})` : ""}`;
    throw new Refused(sentence, answer.status);
  }
}

const isBusy = ({ status, headers }: Received): boolean =>
  status === 429 || (headers.has("retry-after") && (status === 409 || status === 503));

/** 501 is a no, and stays one. */
const isTrouble = (answer: Received): boolean =>
  isBusy(answer) || (answer.status >= 500 && answer.status !== 501);

const whyWaiting = (answer: Received | undefined): string =>
  answer === undefined
    ? "The server cannot be reached"
    : isBusy(answer)
      ? "The server is busy"
      : `The server answered ${answer.status}`;

/** Milliseconds. At least what `Retry-After` says (RFC 9110 §10.2.3, in seconds), spread so that many do not come at once. */
function pauseBefore(attempt: number, answer: Received | undefined): number {
  const asked = Number(answer?.headers.get("retry-after") ?? 0);
  const least = asked > 0 ? Math.min(asked, longestAskedFor) * 1000 : 0;
  return least + pauseAfter(attempt);
}

const unreachable = (base: string, cause: unknown): string =>
  cause instanceof NotOurs
    ? `Something else answers in place of ${base}: a proxy, or a network that wants you to sign in.`
    : `Cannot reach ${base}. Is it running?`;

const notSignedIn = (username: string | undefined): string =>
  username === undefined
    ? "The access token is not accepted: it has expired, or it is of another sign-in. Set MIC_TOKEN to a fresh one."
    : `${username}'s sign-in has expired. Restart the local cloud: npm stop, then npm start.`;

function sentenceOf(status: number, text: string): string {
  try {
    const { title, detail } = JSON.parse(text) as ProblemDocument;
    return `${title ?? `The server answered ${status}`}${detail ? `: ${detail}` : ""}`;
  } catch {
    return `The server answered ${status}.`;
  }
}
