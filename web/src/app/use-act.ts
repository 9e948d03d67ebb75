/** A button's errand at the API: one at a time, with what went wrong. */
import { useState } from "preact/hooks";

export interface Act {
  readonly busy: boolean;
  readonly error?: unknown;
  readonly act: (errand: () => Promise<unknown>) => void;
}

/** `done` is called after each errand that succeeded. */
export function useAct(done: () => void): Act {
  const [state, setState] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false });
  return {
    ...state,
    act: (errand) => {
      setState({ busy: true });
      errand().then(
        () => {
          setState({ busy: false });
          done();
        },
        (error: unknown) => setState({ busy: false, error }),
      );
    },
  };
}
