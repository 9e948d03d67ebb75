/** The line to the storage as a person and the network have it: paused, offline, or open. */
import { Store } from "../app/store.ts";

export class Line {
  readonly paused = new Store(false);
  readonly online: Store<boolean>;
  #ended = false;
  #leaving = new AbortController();

  constructor(online = true) {
    this.online = new Store(online);
  }

  /** What is under way ends when the person pauses. */
  get signal(): AbortSignal {
    return this.#leaving.signal;
  }

  pause(): void {
    this.paused.value = true;
    this.#leaving.abort(new Paused());
    this.#leaving = new AbortController();
  }

  resume(): void {
    this.paused.value = false;
  }

  /** For good: who waits for it waits no longer. */
  end(): void {
    this.#ended = true;
    this.pause();
  }

  /** Resolves while neither the person nor the network holds the line. Throws Ended. */
  async open(): Promise<void> {
    while (!this.#ended && (this.paused.value || !this.online.value)) await this.#nextChange();
    if (this.#ended) throw new Ended();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const listening = [this.paused, this.online].map((store: Store<boolean>) => store.listen(changed));
      function changed(): void {
        for (const end of listening) end();
        resolve();
      }
    });
  }

  /** Milliseconds, or until a line that was away comes back. */
  async sleep(ms: number): Promise<void> {
    let end = (): void => undefined;
    const back = new Promise<void>((resolve) => {
      end = this.online.listen(() => this.online.value && resolve());
    });
    await Promise.race([back, new Promise((resolve) => setTimeout(resolve, ms))]);
    end();
  }
}

/** The upload is over before everything was sent. */
export class Ended extends Error {
  override readonly name = "Ended";
}

/** Not a fault: what was under way begins again when the person goes on. */
export class Paused extends Error {
  override readonly name = "Paused";
}
