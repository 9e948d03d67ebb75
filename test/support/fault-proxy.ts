/** A line as clinics have them, before the API and the storage: cut, slow, late, wrong and unwilling, as a test says. */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as sendOn,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen, refuse } from "./upload-server.ts";

/** What befalls one request. */
export type Fault =
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: "cut"; readonly after: number }
  /** The storage gets it all, and the answer is lost. */
  | { readonly kind: "lose-answer" }
  | { readonly kind: "corrupt" }
  /** Nothing moves any more, and nobody says so. */
  | { readonly kind: "hang" }
  | { readonly kind: "answer"; readonly status: number; readonly code: string; readonly message?: string }
  | { readonly kind: "delay"; readonly milliseconds: number };

export interface SeenPut {
  /** Path and, of a part, its number: the same for every try. */
  readonly what: string;
  /** Of the body, as far as they came through. */
  bytes: number;
  readonly declared: number;
  readonly fault?: Fault["kind"];
  /** Absent when the client never got an answer. */
  status?: number;
}

export interface Line {
  /** Asked for every PUT to the storage, with those before it. */
  readonly onPut?: (put: SeenPut) => Fault | undefined;
  readonly onCall?: (path: string) => Fault | undefined;
  /** Bytes a second, over all connections. */
  readonly bytesPerSecond?: number;
  /** Milliseconds until an answer's first byte. */
  readonly latency?: number;
}

export interface FaultProxy {
  readonly api: string;
  readonly puts: readonly SeenPut[];
  readonly calls: readonly string[];
  /** How many PUTs were under way at once, at most. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** `api` and `storage`: where the real ones are. Answers of the API name this proxy instead of the storage. */
export async function faultProxy(
  { api, storage }: { readonly api: string; readonly storage: string },
  line: Line = {},
): Promise<FaultProxy> {
  const puts: SeenPut[] = [];
  const calls: string[] = [];
  const state = { underWay: 0, mostAtOnce: 0 };
  const pace = pacing(line.bytesPerSecond);

  async function onStorage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const declared = Number(request.headers["content-length"]);
    const put: SeenPut = { what: whatOf(request.url as string), bytes: 0, declared };
    const fault = line.onPut?.(put);
    const seen = { ...put, ...(fault && { fault: fault.kind }) };
    puts.push(seen);
    state.mostAtOnce = Math.max(state.mostAtOnce, ++state.underWay);
    response.on("close", () => state.underWay--);
    if (fault?.kind === "answer") {
      seen.status = fault.status;
      return refuse(response, fault.status, fault.code, fault.message ?? "As the test says");
    }
    const answer = await carry(request, response, storage, { fault, seen });
    if (answer === undefined) return;
    await sleep((line.latency ?? 0) + (fault?.kind === "delay" ? fault.milliseconds : 0));
    seen.status = answer.status;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async function onApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls.push(`${request.method} ${request.url}`);
    const fault = line.onCall?.(request.url as string);
    if (fault?.kind === "answer")
      return void response.writeHead(fault.status, { "content-type": "application/json" }).end("{}");
    const answer = await carry(request, response, api.replace(/\/api$/, ""), { fault });
    if (answer === undefined) return;
    await sleep((line.latency ?? 0) + (fault?.kind === "delay" ? fault.milliseconds : 0));
    const body = Buffer.from(answer.body.toString().replaceAll(storage, ownStorage));
    response.writeHead(answer.status, { ...answer.headers, "content-length": body.length }).end(body);
  }

  interface Carrying {
    readonly fault: Fault | undefined;
    readonly seen?: SeenPut;
  }
  /** undefined where the client gets no answer. */
  async function carry(
    request: IncomingMessage,
    response: ServerResponse,
    origin: string,
    { fault, seen }: Carrying,
  ): Promise<Answer | undefined> {
    // Answers are read here, so they must not be packed.
    const { host: _, connection: __, expect: ___, "accept-encoding": ____, ...headers } = request.headers;
    const onward = sendOn(`${origin}${request.url}`, { method: request.method as string, headers });
    const answered = answerTo(onward);
    answered.catch(() => undefined);
    for await (const piece of throughFault(request, fault)) {
      await pace(piece.length);
      if (seen) seen.bytes += piece.length;
      onward.write(piece);
    }
    if (fault?.kind === "cut") {
      onward.destroy();
      return void response.socket?.resetAndDestroy();
    }
    onward.end();
    const answer = await answered;
    if (fault?.kind !== "lose-answer") return answer;
    return void response.socket?.destroy();
  }

  const give = (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) =>
    createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  const servers = [give(onStorage), give(onApi)] as const;
  const ownStorage = await listen(servers[0]);
  const ownApi = await listen(servers[1]);
  return {
    api: `${ownApi}/api`,
    puts,
    calls,
    get mostAtOnce() {
      return state.mostAtOnce;
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

/** What of the body comes through. */
async function* throughFault(body: AsyncIterable<Buffer>, fault: Fault | undefined): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of body) {
    if (fault?.kind === "hang") await new Promise(() => undefined);
    if (fault?.kind === "corrupt" && bytes === 0 && piece[0] !== undefined) piece[0] ^= 1;
    const room = fault?.kind === "cut" ? fault.after - bytes : piece.length;
    bytes += piece.length;
    if (room > 0) yield piece.subarray(0, room);
    if (room <= piece.length && fault?.kind === "cut") return;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

function answerTo(onward: ReturnType<typeof sendOn>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    onward.on("error", reject);
    onward.on("response", async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
      const { "transfer-encoding": _, connection: __, "keep-alive": ___, ...headers } = answer.headers;
      resolve({ status: answer.statusCode as number, headers, body: Buffer.concat(pieces) });
    });
  });
}

/** A part is told from others by its number; everything else of a signed query changes with every signature. */
function whatOf(url: string): string {
  const { pathname, searchParams } = new URL(url, "http://storage");
  const part = searchParams.get("partNumber");
  return part === null ? pathname : `${pathname}#${part}`;
}

function pacing(bytesPerSecond = Number.POSITIVE_INFINITY): (bytes: number) => Promise<void> {
  let free = 0;
  return async (bytes) => {
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    const start = Math.max(free, now);
    free = start + (bytes / bytesPerSecond) * 1000;
    await sleep(free - now);
  };
}
