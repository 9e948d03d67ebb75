import type { Search } from "./parse-search.ts";
import { searchLimits } from "./search-limits.ts";

/** Collects the results of one page: skips what `offset` says, then takes `limit`, or as many as one answer may hold. */
export class FillingPage<T> {
  readonly results: T[] = [];
  readonly #limit: number;
  #skip: number;
  #bytes = 0;

  constructor({ limit, offset, cursor }: Search) {
    this.#limit = limit;
    this.#skip = cursor === undefined ? offset : 0;
  }

  /** False when the page is full: the result begins the next one. `weigh`: bytes it takes in the answer. */
  take(result: T, weigh: (result: T) => number): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return true;
    }
    if (this.results.length === this.#limit) return false;
    this.#bytes += weigh(result);
    if (this.#bytes > searchLimits.pageBytes && this.results.length > 0) return false;
    this.results.push(result);
    return true;
  }
}
