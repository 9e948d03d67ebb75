import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../cli/client.ts";
import type { Details, WatchEvent } from "../../cli/watch/log.ts";
import { type WatchOptions, watchFolder } from "../../cli/watch/watch-folder.ts";

/** `mic watch` in seconds instead of minutes. */
const quickWatch: WatchOptions = {
  encounterClass: "unknown",
  parallel: 4,
  statFolder: "STAT",
  settled: 0.3,
  quiet: 0.4,
  every: 0.1,
  health: 3600,
};

type Logged = readonly { readonly event: WatchEvent; readonly details: Details }[];

interface Watch {
  readonly log: Logged;
  /** Resolves once so many of these events were logged. Throws what ended the watch, and after twenty seconds. */
  until(event: WatchEvent, count?: number): Promise<void>;
  stop(): Promise<void>;
}

export function watchQuickly(client: ApiClient, folder: string, more: Partial<WatchOptions> = {}): Watch {
  const log: { event: WatchEvent; details: Details }[] = [];
  const stopping = new AbortController();
  const note = (event: WatchEvent, details: Details = {}): void => void log.push({ event, details });
  const ended = watchFolder(client, folder, { ...quickWatch, ...more }, note, stopping.signal);
  return {
    log,
    async until(event, count = 1) {
      const since = performance.now();
      while (log.filter((one) => one.event === event).length < count) {
        if (performance.now() - since > 20_000)
          throw new Error(`no ${event}: ${JSON.stringify(log.slice(-20))}`);
        await Promise.race([sleep(50), ended]);
      }
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Watches until so many uploads have settled, and a moment longer. */
export async function watchUntilSettled(
  client: ApiClient,
  folder: string,
  disposal: NonNullable<WatchOptions["disposal"]>,
  uploads = 1,
): Promise<Logged> {
  const watching = watchQuickly(client, folder, { disposal });
  await watching.until("settled", uploads);
  await sleep(500);
  await watching.stop();
  return watching.log;
}
