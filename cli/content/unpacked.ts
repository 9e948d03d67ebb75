/** Parts of a packed file, read one behind the other without unpacking it from the beginning for each. */

/** As many as parts of one file are under way at once. */
const mostResting = 8;

/** Unpacked bytes go forward only: a reader goes on where it stopped, or is of no use. */
class Forward {
  /** Unpacked bytes behind it. */
  at = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #ahead: Uint8Array = new Uint8Array();

  constructor(unpacked: AsyncIterable<Uint8Array>) {
    this.#pieces = unpacked[Symbol.asyncIterator]();
  }

  /** Ends early where the file does. `start` is not before `at`. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    while (this.at < end) {
      if (this.#ahead.length === 0) {
        const { value, done } = await this.#pieces.next();
        if (done) return;
        this.#ahead = value;
      }
      const skipped = Math.min(this.#ahead.length, Math.max(0, start - this.at));
      const taken = Math.min(this.#ahead.length, end - this.at);
      const wanted = this.#ahead.subarray(skipped, taken);
      this.#ahead = this.#ahead.subarray(taken);
      this.at += taken;
      if (wanted.length > 0) yield wanted;
    }
  }

  /** Closes what it reads from. */
  async end(): Promise<void> {
    await this.#pieces.return?.();
  }
}

export class Unpacked {
  readonly #unpack: () => AsyncIterable<Uint8Array>;
  #resting: Forward[] = [];
  #letGo = false;

  /** `unpack`: all bytes from the beginning; what it holds open it closes when it is returned from. */
  constructor(unpack: () => AsyncIterable<Uint8Array>) {
    this.#unpack = unpack;
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    this.#letGo = false;
    const forward = this.#nearest(start) ?? new Forward(this.#unpack());
    let broken = true;
    try {
      yield* forward.read(start, end);
      broken = forward.at < end;
    } finally {
      await this.#rest(forward, broken);
    }
  }

  /** Closes what is kept between two reads. */
  async letGo(): Promise<void> {
    this.#letGo = true;
    const resting = this.#resting;
    this.#resting = [];
    await Promise.all(resting.map((forward) => forward.end()));
  }

  /** The one with the least to skip; nobody else has it meanwhile. */
  #nearest(start: number): Forward | undefined {
    const usable = this.#resting.filter(({ at }) => at <= start).sort((a, b) => b.at - a.at);
    const [nearest] = usable;
    this.#resting = this.#resting.filter((forward) => forward !== nearest);
    return nearest;
  }

  async #rest(forward: Forward, broken: boolean): Promise<void> {
    if (broken || this.#letGo) return forward.end();
    this.#resting.push(forward);
    if (this.#resting.length > mostResting) await this.#resting.shift()?.end();
  }
}
