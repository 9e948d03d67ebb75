/** One PUT to the storage: streamed at the line's pace, given up when nothing moves, and read when it answers early. */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SignedRequest } from "../../shared/ports.ts";

/** Nothing has moved for so long that the connection is believed dead; a dead line closes nothing by itself. */
export class LineStalled extends Error {
  override readonly name = "LineStalled";
}

export interface StorageAnswer {
  readonly status: number;
  readonly body: string;
}

/** Milliseconds without a byte: while the body flows, and after it, when buffers on the way still empty themselves. */
export interface Stall {
  readonly sending: number;
  readonly answering: number;
}
export const usualStall: Stall = { sending: 45_000, answering: 120_000 };

const answerBytes = 64 * 1024;
/** Idle connections are closed before S3 closes them, so that no request is written into one that is gone. */
const agentOptions = {
  keepAlive: true,
  timeout: 4000,
  scheduling: "lifo",
  ...(process.env.NODE_USE_ENV_PROXY === "1" && { proxyEnv: process.env }),
} as const;
const plain = { request: overHttp, agent: new HttpAgent(agentOptions) };
const secure = { request: overHttps, agent: new HttpsAgent(agentOptions) };

/**
 * Sends exactly `body`, whose length `headers` declare. Throws LineStalled, the connection's own error, or what reading `body`
 * throws. An answer that comes before the body's end, such as that of an expired URL, ends the sending.
 */
export function putBytes(
  { url, headers }: SignedRequest,
  body: AsyncIterable<Uint8Array>,
  stall: Stall = usualStall,
): Promise<StorageAnswer> {
  const { request, agent } = url.startsWith("http:") ? plain : secure;
  return new Promise((resolve, reject) => {
    const onward = request(url, { method: "PUT", headers: { ...headers }, agent });
    const idle = new IdleTimer(() => onward.destroy(new LineStalled("Nothing moved on the line.")));
    let answered = false;
    const fail = (error: unknown): void => {
      idle.end();
      reject(error);
    };
    onward.on("error", fail);
    onward.on("response", (answer) => {
      answered = true;
      read(onward, answer, idle, stall).then(resolve, fail).finally(idle.end);
    });
    idle.start(stall.sending);
    pipeline(Readable.from(watched(body, idle, stall), { objectMode: true, highWaterMark: 1 }), onward).catch(
      // When an answer came early the rest was not sent, which is no failure.
      (error: unknown) => void (!answered && fail(error)),
    );
  });
}

/** The time between handing on a piece and being asked for the next is the line's; reading the next is not. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  idle: IdleTimer,
  stall: Stall,
): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    idle.start(stall.sending);
    yield piece;
    idle.stop();
  }
  idle.start(stall.answering);
}

async function read(
  onward: ClientRequest,
  answer: IncomingMessage,
  idle: IdleTimer,
  stall: Stall,
): Promise<StorageAnswer> {
  idle.start(stall.sending);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= answerBytes) pieces.push(piece);
    idle.start(stall.sending);
  }
  if (!onward.writableFinished) onward.destroy();
  return { status: answer.statusCode ?? 0, body: Buffer.concat(pieces).toString() };
}

class IdleTimer {
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  start(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = setTimeout(this.#onIdle, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A body that is still being read out after the answer starts nothing again. */
  readonly end = (): void => {
    this.#over = true;
    this.stop();
  };
}
