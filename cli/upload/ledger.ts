/** What the server says became of the files, and waiting for it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed } from "../failures.ts";

export async function readLedger(
  client: ApiClient,
  uploadId: string,
): Promise<{ ledger: Ledger; files: LedgerFile[] }> {
  const ledger = await client.get<Ledger>(`/v1/uploads/${uploadId}`);
  const files = [...ledger.files];
  let next = ledger.next;
  while (next !== undefined) {
    const page = await client.get<Ledger>(`/v1/uploads/${uploadId}?cursor=${encodeURIComponent(next)}`);
    files.push(...page.files);
    next = page.next;
  }
  return { ledger, files };
}

/** Totals over several uploads. */
export type Sum = Pick<Ledger, "announced" | "totals">;

export function sumOf(ledgers: readonly Sum[]): Sum {
  const sum = {
    announced: 0,
    totals: { awaiting: 0, stored: 0, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 },
  };
  for (const { announced, totals } of ledgers) {
    sum.announced += announced;
    for (const state of Object.keys(sum.totals) as (keyof Ledger["totals"])[])
      sum.totals[state] += totals[state];
  }
  return sum;
}

/** Milliseconds between two looks: soon while files become final, rarer while nothing moves. */
const pauses = { first: 700, longest: 5000 } as const;

export interface Waiting {
  readonly silent: boolean;
  /** Minutes without any file changing its state after which to give up. */
  readonly timeout: number;
  /** Files that will not come, because they are not any more what was announced. */
  readonly missing?: number;
}

/** Reads the totals only: the files of a large upload are many pages. Throws CommandFailed when nothing moves any more. */
export async function waitUntilDone(
  client: ApiClient,
  uploadIds: readonly string[],
  { silent, timeout, missing = 0 }: Waiting,
): Promise<void> {
  let [seen, told] = ["", ""];
  let moved = performance.now();
  let pause: number = pauses.first;
  const over = new Map<string, Ledger>();
  for (;;) {
    const ledgers = await Promise.all(
      uploadIds.map(async (id) => over.get(id) ?? client.get<Ledger>(`/v1/uploads/${id}?limit=1`)),
    );
    uploadIds.forEach((id, at) => void (ledgers[at]?.done && over.set(id, ledgers[at])));
    const sum = sumOf(ledgers);
    const line = `Indexed ${sum.totals.indexed} of ${sum.announced}${othersOf(sum.totals)}`;
    if (!silent && line !== told) process.stderr.write(`${line}\n`);
    told = line;
    if (over.size === uploadIds.length || (sum.totals.stored === 0 && sum.totals.awaiting <= missing)) return;
    const now = JSON.stringify(sum.totals);
    if (now !== seen) [seen, moved, pause] = [now, performance.now(), pauses.first];
    else if (performance.now() - moved > timeout * 60_000) throw stuck(sum, uploadIds, timeout);
    else pause = Math.min(pauses.longest, pause * 1.5);
    await sleep(pause);
  }
}

function stuck({ announced, totals }: Sum, uploadIds: readonly string[], timeout: number): CommandFailed {
  const left = [
    totals.stored > 0 ? `${totals.stored} arrived and are not looked at yet` : "",
    totals.awaiting > 0 ? `${totals.awaiting} never arrived; run the same command again to send them` : "",
  ].filter((part) => part !== "");
  return new CommandFailed(
    [
      `No file has changed its state for ${timeout} minutes. Of ${announced} files ${left.join(", ")}.`,
      "What arrived is not lost: tell the operators of the service, and look again with",
      ...uploadIds.map((id) => `  mic ledger ${id}`),
    ].join("\n"),
  );
}

function othersOf({ duplicate, conflict, quarantined }: Ledger["totals"]): string {
  const counts = Object.entries({ duplicate, conflict, quarantined }).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `, ${count} ${state}`).join("");
}
