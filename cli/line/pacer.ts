/** Shares a limited line between all requests of a process, and leaves it to an emergency. */
import { setTimeout as sleep } from "node:timers/promises";

/** Bytes a second that keep a begun request alive, so that nothing of it is lost, and leave the line to others. */
const trickle = 4096;

export interface Pacing {
  /** Bytes a second over all requests together; undefined for as fast as the line is. */
  readonly limit?: number | undefined;
  /** Whether somebody more urgent is sending on this machine. */
  readonly mustYield?: () => boolean;
}

export class Pacer {
  readonly #limit: number;
  readonly #mustYield: () => boolean;
  #free = 0;

  constructor({ limit, mustYield = () => false }: Pacing = {}) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#mustYield = mustYield;
  }

  /** The same bytes in pieces small enough that none holds the line for longer than a quarter of a second. */
  async *pace(body: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    for await (const whole of body)
      for (let at = 0; at < whole.length; ) {
        const rate = this.#rate();
        const piece = whole.subarray(at, at + Math.max(1024, Math.min(whole.length, rate / 4)));
        await this.#take(piece.length, rate);
        at += piece.length;
        onBytes(piece.length);
        yield piece;
      }
  }

  #rate(): number {
    return this.#mustYield() ? Math.min(trickle, this.#limit) : this.#limit;
  }

  async #take(bytes: number, rate: number): Promise<void> {
    if (rate === Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    const start = Math.max(now, this.#free);
    this.#free = start + (bytes / rate) * 1000;
    if (start > now) await sleep(start - now);
  }
}
