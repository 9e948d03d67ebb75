/** What a page shows while, and when it cannot, get something from the API. */
import { type Inputs, useEffect, useState } from "preact/hooks";
import type { Language } from "../language.ts";
import { Refused, Unreachable } from "./api.ts";
import { words } from "./words.ts";

export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
  /** Asks again; what is shown stays until the answer is there. */
  readonly again: () => void;
}

/** Loads anew whenever `inputs` change; an answer nobody waits for any more is dropped. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Loaded<T> {
  const [state, setState] = useState<{ readonly value?: T; readonly error?: unknown }>({});
  const [count, setCount] = useState(0);
  useEffect(() => setState({}), inputs);
  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal).then(
      (value) => leaving.signal.aborted || setState({ value }),
      (error: unknown) => leaving.signal.aborted || setState((before) => ({ ...before, error })),
    );
    return () => leaving.abort();
  }, [...inputs, count]);
  return { ...state, again: () => setCount((before) => before + 1) };
}

export const Loading = ({ language }: { readonly language: Language }) => (
  <p class="empty" aria-busy="true">
    {words[language].loading}
  </p>
);

interface FailureProps {
  readonly error: unknown;
  readonly language: Language;
  readonly again?: () => void;
}

/** The server's own sentence (it speaks English), that there is no line, or that the fault is this page's. */
export function Failure({ error, again, language }: FailureProps) {
  const t = words[language];
  return (
    <div class="notice bad" role="alert">
      <p>
        {error instanceof Refused ? (
          <>
            {t.refused}: <span lang="en">{error.message}</span>
          </>
        ) : error instanceof Unreachable ? (
          t.offline
        ) : (
          t.fault
        )}
      </p>
      {again && (
        <button type="button" class="second" onClick={again}>
          {t.retry}
        </button>
      )}
    </div>
  );
}
