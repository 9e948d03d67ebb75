/** Reads ledgers again and again until nothing in them moves any more: soon while files become final, rarer while nothing does. */
import { useEffect, useState } from "preact/hooks";
import type { Ledger, LedgerFile } from "../../../shared/contract/schemas/upload.ts";
import { type Api, isPassing } from "../app/api.ts";
import { useApp } from "../app/context.ts";
import { readLedger } from "./announce.ts";

export interface Followed {
  readonly sum: Pick<Ledger, "announced" | "totals" | "done"> & { readonly completed: boolean };
  readonly files: readonly (LedgerFile & { readonly uploadId: string })[];
  /** Everything was said to be sent, what arrived is final, and for several looks nothing more has come. */
  readonly resting?: boolean;
}

/** Milliseconds between two looks. */
const pauses = { first: 700, longest: 5000 } as const;
/** Files of larger uploads are many pages: those are read once everything is final. */
const smallEnough = 1000;

export function useLedger(uploadIds: readonly string[]): {
  readonly followed?: Followed;
  readonly error?: unknown;
} {
  const { api } = useApp();
  const [state, setState] = useState<{ readonly followed?: Followed; readonly error?: unknown }>({});
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async (): Promise<void> => {
      let [seen, pause]: [string, number] = ["", pauses.first];
      while (!leaving.signal.aborted) {
        const followed = await look(api, uploadIds, leaving.signal).catch((error: unknown) => {
          if (leaving.signal.aborted || !isPassing(error)) throw error;
          setState((before) => ({ ...before, error }));
          return undefined;
        });
        const now = JSON.stringify(followed?.sum);
        pause = now === seen ? Math.min(pauses.longest, pause * 1.5) : pauses.first;
        seen = now ?? "";
        if (followed) setState({ followed: { ...followed, resting: isResting(followed, pause) } });
        if (followed?.sum.done) return;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    follow().catch(
      (error: unknown) => leaving.signal.aborted || setState((before) => ({ ...before, error })),
    );
    return () => leaving.abort();
  }, [api, uploadIds.join()]);
  return state;
}

const isResting = ({ sum: { done, completed, totals } }: Followed, pause: number): boolean =>
  completed && !done && totals.stored === 0 && pause === pauses.longest;

async function look(api: Api, uploadIds: readonly string[], signal: AbortSignal): Promise<Followed> {
  const read = await Promise.all(
    uploadIds.map(async (uploadId) => {
      const head = await api.get<Ledger>(`/v1/uploads/${uploadId}?limit=1`, signal);
      if (!head.done && head.announced > smallEnough) return { uploadId, ledger: head, files: [] };
      return { uploadId, ...(await readLedger(api, uploadId, signal)) };
    }),
  );
  return {
    sum: sumOf(read.map(({ ledger }) => ledger)),
    files: read.flatMap(({ uploadId, files }) => files.map((file) => ({ ...file, uploadId }))),
  };
}

export function sumOf(
  ledgers: readonly Pick<Ledger, "announced" | "totals" | "done" | "completedAt">[],
): Followed["sum"] {
  const totals = { awaiting: 0, stored: 0, indexed: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  let announced = 0;
  for (const ledger of ledgers) {
    announced += ledger.announced;
    for (const state of Object.keys(totals) as (keyof typeof totals)[]) totals[state] += ledger.totals[state];
  }
  return {
    announced,
    totals,
    done: ledgers.every(({ done }) => done),
    completed: ledgers.every(({ completedAt }) => completedAt !== undefined),
  };
}
