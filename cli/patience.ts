/** How long a line or a server may be away before it is believed to be: a village's line comes back, if not within minutes. */
export const patienceMinutes = 30;
const longestPause = 30_000;

/** Whether something that began to fail then (`performance.now()`, which no clock that is set can turn) was waited for long enough. */
export const isOutOfPatience = (since: number): boolean =>
  performance.now() - since >= patienceMinutes * 60_000;

/** Milliseconds before the next try: full jitter, so that a hospital's many do not come back at once. */
export const pauseAfter = (attempt: number): number =>
  Math.random() * Math.min(300 * 2 ** attempt, longestPause);
