import type { Clock } from "../../../shared/ports.ts";

export interface FixedClock extends Clock {
  /** Moves time forward. */
  advance(milliseconds: number): void;
  set(at: Date | string): void;
}

/** A clock that stands still until a test moves it. */
export function fixedClock(start: Date | string = "2027-03-01T08:00:00.000Z"): FixedClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance: (milliseconds) => {
      at += milliseconds;
    },
    set: (next) => {
      at = new Date(next).getTime();
    },
  };
}
