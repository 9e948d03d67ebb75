/** A list that comes page by page. */
import { type Inputs, useEffect, useState } from "preact/hooks";

interface PagesShown<Page> {
  /** Undefined until the first is there. */
  readonly pages?: readonly Page[];
  readonly error?: unknown;
  readonly again: () => void;
  /** Loads the next page; absent where there is none. */
  readonly more?: () => void;
}

/** Starts anew whenever `inputs` change. */
export function usePages<Page extends { readonly next?: string | undefined }>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page>,
  inputs: Inputs,
): PagesShown<Page> {
  const [state, setState] = useState<{ readonly pages?: readonly Page[]; readonly error?: unknown }>({});
  const [asked, setAsked] = useState<{ readonly cursor?: string; readonly count: number }>({ count: 0 });
  useEffect(() => {
    setState({});
    setAsked(({ count }) => ({ count: count + 1 }));
  }, inputs);
  useEffect(() => {
    if (asked.count === 0) return;
    const leaving = new AbortController();
    const { cursor } = asked;
    load(cursor, leaving.signal).then(
      (page) =>
        leaving.signal.aborted ||
        setState(({ pages = [] }) => ({ pages: cursor === undefined ? [page] : [...pages, page] })),
      (error: unknown) => leaving.signal.aborted || setState((before) => ({ ...before, error })),
    );
    return () => leaving.abort();
  }, [asked]);
  const next = state.pages?.at(-1)?.next;
  return {
    ...state,
    again: () => setAsked(({ count }) => ({ count: count + 1 })),
    ...(next !== undefined && {
      more: () => setAsked(({ count }) => ({ cursor: next, count: count + 1 })),
    }),
  };
}
