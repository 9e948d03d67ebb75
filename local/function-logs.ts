/** What the functions log, from the emulator's CloudWatch Logs into a file a person can open while it runs. */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import type { Cloud } from "./deploy.ts";

export interface LogEvent {
  readonly eventId?: string;
  readonly timestamp: number;
  readonly message: string;
}

const everyMs = 5000;
/** A line may come this much later than one with a later time. */
const lateMs = 60_000;

/** Appends to `file` every few seconds until `signal`; the answer's `close` appends what came last. */
export function keepFunctionLogs(cloud: Cloud, file: string, signal: AbortSignal) {
  const news = new NewEvents(Date.now());
  let appending: Promise<void> = Promise.resolve();
  const append = (): Promise<void> => {
    // One after the other: two at once would append the same lines.
    appending = appending.catch(() => undefined).then(() => appendNew(cloud, file, news));
    return appending;
  };
  const going = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      // The emulator may be busy: the next round has what this one missed.
      if (!signal.aborted) await append().catch(() => undefined);
    }
  };
  void going();
  return { close: append };
}

async function appendNew(cloud: Cloud, file: string, news: NewEvents): Promise<void> {
  const ask = asker(cloud);
  const { logGroups = [] } = await ask<{ logGroups?: readonly { logGroupName: string }[] }>(
    "DescribeLogGroups",
    { logGroupNamePrefix: "/aws/lambda/" },
  );
  const lines: { readonly at: number; readonly line: string }[] = [];
  for (const { logGroupName } of logGroups) {
    const request = { logGroupName, startTime: news.since };
    const { events = [] } = await ask<{ events?: readonly LogEvent[] }>("FilterLogEvents", request);
    const name = logGroupName.slice("/aws/lambda/".length);
    for (const { timestamp, message } of news.of(logGroupName, events))
      lines.push({
        at: timestamp,
        line: `${new Date(timestamp).toISOString()} ${name} ${message.trimEnd()}\n`,
      });
  }
  news.forget();
  lines.sort((one, other) => one.at - other.at);
  await appendFile(file, lines.map(({ line }) => line).join(""), { mode: 0o600 });
}

/** Which of the events that are asked for again and again were not seen before. */
export class NewEvents {
  readonly #began: number;
  readonly #seen = new Map<string, number>();
  #latest: number;

  constructor(began: number) {
    this.#began = began;
    this.#latest = began;
  }

  /** From when on to ask (milliseconds). */
  get since(): number {
    return Math.max(this.#began, this.#latest - lateMs);
  }

  of(group: string, events: readonly LogEvent[]): readonly LogEvent[] {
    return events.filter(({ eventId, timestamp, message }) => {
      const key = `${group} ${eventId ?? message} ${timestamp}`;
      if (this.#seen.has(key)) return false;
      this.#seen.set(key, timestamp);
      this.#latest = Math.max(this.#latest, timestamp);
      return true;
    });
  }

  /** After a round: what will not be asked for again. */
  forget(): void {
    for (const [key, timestamp] of this.#seen) if (timestamp < this.since) this.#seen.delete(key);
  }
}

function asker({ endpoint, region, env }: Cloud) {
  const client = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    service: "logs",
    region,
    retries: 1,
  });
  return async <T>(action: string, request: unknown): Promise<T> => {
    const answer = await client.fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `Logs_20140328.${action}` },
      body: JSON.stringify(request),
    });
    return (await answer.json()) as T;
  };
}
