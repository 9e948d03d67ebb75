/** What is being looked through: a large disc takes minutes, and a page that says nothing looks broken. */
import { useState } from "preact/hooks";
import type { OnFound } from "./gather.ts";

/** Milliseconds between two figures. */
const betweenFigures = 200;

export interface Choosing {
  /** Files found so far; undefined while nothing is looked through. */
  readonly found: number | undefined;
  /** Resolves with what `look` does. */
  readonly during: <T>(look: (onFound: OnFound) => Promise<T>) => Promise<T>;
}

export function useChoosing(): Choosing {
  const [found, setFound] = useState<number>();
  const during = async <T>(look: (onFound: OnFound) => Promise<T>): Promise<T> => {
    let told = performance.now();
    const onFound = (count: number): void => {
      if (performance.now() - told < betweenFigures) return;
      told = performance.now();
      setFound(count);
    };
    try {
      return await look(onFound);
    } finally {
      setFound(undefined);
    }
  };
  return { found, during };
}
