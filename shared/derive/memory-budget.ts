/** Lets work begin as there is memory for it: what is small goes on side by side, what is large alone. */
interface Waiting {
  readonly share: number;
  readonly begin: () => void;
}

export class MemoryBudget {
  readonly #total: number;
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(bytes: number) {
    this.#total = bytes;
    this.#free = bytes;
  }

  /** Runs `work` once `bytes` are free (all of them, where it asks for more); first come, first served. */
  async within<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(bytes, this.#total);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ share, begin: resolve });
    this.#beginNext();
    await promise;
    try {
      return await work();
    } finally {
      this.#free += share;
      this.#beginNext();
    }
  }

  #beginNext(): void {
    for (let next = this.#waiting[0]; next && next.share <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.share;
      next.begin();
    }
  }
}
