/** State outside components: whoever listens is told of every change. */
import { useEffect, useState } from "preact/hooks";

export class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Answers what ends the listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first value that is `wanted`, the present one included. */
  until<Wanted extends T>(wanted: (value: T) => value is Wanted): Promise<Wanted> {
    const { value } = this;
    if (wanted(value)) return Promise.resolve(value);
    return new Promise((resolve) => {
      const end = this.listen(() => {
        const now = this.#value;
        if (!wanted(now)) return;
        end();
        resolve(now);
      });
    });
  }
}

export function useStore<T>(store: Store<T>): T {
  const [, again] = useState(0);
  useEffect(() => store.listen(() => again((count) => count + 1)), [store]);
  return store.value;
}
