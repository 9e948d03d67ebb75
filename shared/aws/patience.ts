/** How long a client waits. The SDK's default is without end: one connection that leads nowhere would hold a worker all its time. */
import { Readable } from "node:stream";

export interface Patience {
  /** Milliseconds until there is a connection. */
  readonly connect: number;
  /** Until the answer begins. */
  readonly answer: number;
  /** Between two pieces of it. */
  readonly idle: number;
}

const connect = 3_000;
/** Requests of a few kilobytes, answered in tens of milliseconds. */
const brief: Patience = { connect, answer: 10_000, idle: 10_000 };
/** S3 may take a body of 128 MiB first. */
export const patienceWithS3: Patience = { connect, answer: 20_000, idle: 20_000 };
/** S3 copies 5 GiB, or joins parts, before it answers or while it does: about two minutes for the largest. */
export const longWork = { requestTimeout: 300_000 } as const;

/** Settings of the SDK's HTTP handler. What they end is a TimeoutError, which is tried again. */
export const untilAnswered = ({ connect, answer }: Patience) => ({
  connectionTimeout: connect,
  requestTimeout: answer,
  // Without it the handler says so in the log, and waits on.
  throwOnRequestTimeout: true,
});

/** The same for clients whose answers are read as a whole, as soon as they come. */
export const briefly = { ...untilAnswered(brief), socketTimeout: brief.idle } as const;

const looks = 10;

/**
 * Ends a body of which nothing comes for so long although somebody waits for more: not one that is read slowly, whose bytes
 * are here. Counted in looks and not by the clock, since a process that decodes for long sees no bytes meanwhile either.
 */
export function endWhenIdle(body: unknown, milliseconds: number): void {
  if (!(body instanceof Readable)) return;
  const { socket } = body as Readable & { readonly socket?: { readonly bytesRead: number } };
  let [seen, idle] = [-1, 0];
  const timer = setInterval(() => {
    const bytes = socket?.bytesRead ?? 0;
    idle = bytes === seen && body.readableLength === 0 ? idle + 1 : 0;
    seen = bytes;
    if (idle >= looks)
      body.destroy(Object.assign(new Error("The answer does not go on"), { name: "TimeoutError" }));
  }, milliseconds / looks);
  timer.unref();
  body.once("close", () => clearInterval(timer));
}
