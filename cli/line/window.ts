/**
 * How many requests are under way at once: as many as make the line faster, and no more. One more is tried while that
 * carries more bytes (additive increase); half of them are dropped when requests fail one after the other (multiplicative
 * decrease), one broken connection among others that went well being chance. On a thin line few are under way, so that a
 * cut costs little.
 */
import { setTimeout as sleep } from "node:timers/promises";

export interface Measure {
  /** Bytes a second while requests were under way; undefined until enough were sent to know. */
  readonly bytesPerSecond: number | undefined;
}

const beginWith = 2;
/** What one more request must add to be kept. */
const worthwhile = 1.05;
/** A measure is taken over this many requests for each under way, and at least this long. */
const perRequest = 2;
const leastMilliseconds = 1000;
/** Measures for which a size that was found best is kept before another is tried. */
const content = 8;
/** Milliseconds. */
const [lookAgain, idle] = [500, 250];

export class Window implements Measure {
  readonly #maximum: number;
  readonly #mustYield: () => boolean;
  #size: number;
  #underWay = 0;
  #waiting: (() => void)[] = [];
  #epoch = { began: 0, requests: 0, bytes: 0 };
  #before: number | undefined;
  /** The last measure led to one more. */
  #grew = false;
  #rest = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #failedLast = false;
  #idleSince = Number.NEGATIVE_INFINITY;
  bytesPerSecond: number | undefined;

  /** `mustYield`: while it says so, nothing new is begun. */
  constructor(maximum: number, mustYield: () => boolean = () => false) {
    this.#maximum = maximum;
    this.#mustYield = mustYield;
    this.#size = Math.min(beginWith, maximum);
  }

  get size(): number {
    return this.#size;
  }

  /** Runs the request when there is room. It resolves to the bytes it moved, and throws when the line or the storage failed. */
  async run(request: () => Promise<number>): Promise<void> {
    for (;;) {
      if (this.#mustYield()) await sleep(lookAgain);
      else if (this.#underWay < this.#size) break;
      else await new Promise<void>((room) => void this.#waiting.push(room));
    }
    const began = performance.now();
    // Time in which nobody wanted to send says nothing of the line.
    if (this.#underWay++ === 0 && began - this.#idleSince > idle) this.#begin();
    try {
      this.#moved(await request());
    } catch (error) {
      this.#failed(began);
      throw error;
    } finally {
      if (--this.#underWay === 0) this.#idleSince = performance.now();
      this.#admit();
    }
  }

  #admit(): void {
    const room = Math.max(0, this.#size - this.#underWay);
    for (const next of this.#waiting.splice(0, room)) next();
  }

  #moved(bytes: number): void {
    this.#failedLast = false;
    const epoch = this.#epoch;
    epoch.requests++;
    epoch.bytes += bytes;
    const milliseconds = performance.now() - epoch.began;
    if (epoch.requests < perRequest * this.#size || milliseconds < leastMilliseconds) return;
    this.#adapt((epoch.bytes / milliseconds) * 1000);
    this.#begin();
  }

  #begin(): void {
    this.#epoch = { began: performance.now(), requests: 0, bytes: 0 };
  }

  #adapt(rate: number): void {
    const before = this.#before;
    this.bytesPerSecond = rate;
    this.#before = rate;
    if (this.#rest > 0) this.#rest--;
    else if (before === undefined || !this.#grew || rate >= before * worthwhile) this.#grow();
    else {
      this.#grew = false;
      this.#rest = content;
      this.#resize(this.#size - 1);
    }
  }

  #grow(): void {
    this.#grew = this.#size < this.#maximum;
    this.#resize(this.#size + 1);
  }

  /** Requests that were under way when the line broke die of one cut, and count once. */
  #failed(began: number): void {
    const again = this.#failedLast;
    this.#failedLast = true;
    if (!again || began < this.#lastCut) return;
    this.#lastCut = performance.now();
    this.#resize(Math.floor(this.#size / 2));
    this.#before = undefined;
    this.#begin();
  }

  #resize(size: number): void {
    this.#size = Math.min(this.#maximum, Math.max(1, size));
    this.#admit();
  }
}
