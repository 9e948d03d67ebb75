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

/** Tries before a broken line or a failing server is believed, and before a busy one is. */
const attempts = { failing: 5, busy: 12 } as const;
const longestAskedFor = 60;
/** Milliseconds one try may take. No answer of the API takes half a minute; on a thin line its bytes may. */
const longestTry = 120_000;

interface Received {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly text: string;
}

export class ApiClient {
  readonly base: string;
  readonly #token: TokenSource;
  /** Whom the command line chose among the local cloud's people; a token is somebody's we do not know. */
  readonly username: string | undefined;
  #patient = false;

  constructor(base: string, token: string | TokenSource, username?: string) {
    this.base = base.replace(/\/$/, "");
    this.#token = typeof token === "string" ? () => token : token;
    this.username = username;
  }

  /** The same, waiting minutes for a line or server that is away: what has begun should not end for that. */
  patient(): ApiClient {
    const patient = new ApiClient(this.base, this.#token, this.username);
    patient.#patient = true;
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
    const began = performance.now();
    let token = this.#token();
    for (let attempt = 1; ; attempt++) {
      const gaveUp = this.#patient ? isOutOfPatience(began) : attempt >= attempts.failing;
      const more = { ...headers, authorization: `Bearer ${token}` };
      const answer = await this.#send(method, path, body, more).catch((cause: unknown) => {
        if (gaveUp) throw new CommandFailed(`Cannot reach ${this.base}. Is it running?`, 1, cause);
        return undefined;
      });
      const used = token;
      token = answer?.status === 401 ? this.#token() : token;
      if (token !== used) continue;
      const busyForLong = this.#patient ? gaveUp : attempt >= attempts.busy;
      if (answer !== undefined && (isBusy(answer) ? busyForLong : answer.status < 500 || gaveUp))
        return this.#read<T>(answer);
      await sleep(pauseBefore(attempt, answer));
    }
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
    return { status, ok, headers: answered, text: await answer.text() };
  }

  #read<T>(answer: Received): ApiAnswer<T> {
    const { text } = answer;
    if (answer.ok)
      return { body: (text === "" ? undefined : JSON.parse(text)) as T, headers: answer.headers };
    if (answer.status === 401) throw new CommandFailed(notSignedIn(this.username));
    const asWhom = answer.status === 403 || answer.status === 404 ? this.username : undefined;
    const sentence = `${sentenceOf(answer.status, text)}${asWhom ? ` (asked as ${asWhom})` : ""}`;
    throw new Refused(sentence, answer.status);
  }
}

const isBusy = ({ status, headers }: Received): boolean =>
  status === 429 || (headers.has("retry-after") && (status === 409 || status === 503));

/** Milliseconds. At least what `Retry-After` says (RFC 9110 §10.2.3, in seconds), spread so that many do not come at once. */
function pauseBefore(attempt: number, answer: Received | undefined): number {
  const asked = Number(answer?.headers.get("retry-after") ?? 0);
  const least = asked > 0 ? Math.min(asked, longestAskedFor) * 1000 : 0;
  return least + pauseAfter(attempt);
}

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
