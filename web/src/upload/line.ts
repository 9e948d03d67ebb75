/** The line to the storage as a person and the network have it: paused, offline, or open. */
import { Store } from "../app/store.ts";

export class Line {
  readonly paused = new Store(false);
  readonly online: Store<boolean>;
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

  /** Resolves while neither the person nor the network holds the line. */
  async open(): Promise<void> {
    while (this.paused.value || !this.online.value) {
      await this.paused.until((paused): paused is false => !paused);
      await this.online.until((online): online is true => online);
    }
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

/** Not a fault: what was under way begins again when the person goes on. */
export class Paused extends Error {
  override readonly name = "Paused";
}
