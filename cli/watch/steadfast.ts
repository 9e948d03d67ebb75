/** Goes on whatever the line does: a line, a server and a sign-in all come back, sooner or later. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailed, isNo } from "../failures.ts";
import { pauseAfter } from "../patience.ts";
import type { Log } from "./log.ts";

/** Milliseconds, besides the growing pause. */
const leastPause = 1000;

export class Steadfast {
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #away = false;
  #refusal: string | undefined;

  constructor(log: Log, signal: AbortSignal) {
    this.#log = log;
    this.#signal = signal;
  }

  get away(): boolean {
    return this.#away;
  }

  /** Until the signal. `step` resolves to whether there was anything to do; without, it is asked again after `idle` ms. */
  async again(step: () => Promise<boolean>, idle: number): Promise<void> {
    for (let failures = 0; !this.#signal.aborted; ) {
      try {
        const busy = await step();
        failures = 0;
        if (busy) this.#went();
        else await this.pause(idle);
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        if (this.#signal.aborted) return;
        if (isNo(error)) this.#refused(error.message);
        else this.lineIs(false, error.message);
        await this.pause(leastPause + pauseAfter(++failures));
      }
    }
  }

  /** Ends early when the process is to stop. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#signal }).catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  /** Said once, when it changes. */
  lineIs(there: boolean, why?: string): void {
    if (there !== this.#away) return;
    this.#away = !there;
    if (there) this.#log("line-back");
    else this.#log("line-away", { why });
  }

  #went(): void {
    this.#refusal = undefined;
    this.lineIs(true);
  }

  /** Said once, however often it is tried. */
  #refused(why: string): void {
    if (why !== this.#refusal) this.#log("refused", { why });
    this.#refusal = why;
  }
}
