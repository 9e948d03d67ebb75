/** A progress bar on a terminal; a line now and then where there is none, so that a log stays readable. */
export interface Progress {
  add(bytes: number): void;
  file(): void;
  /** Whether the line is there: while it is away, trying goes on. */
  line(there: boolean): void;
  finish(): void;
}

const barWidth = 28;
const quietSeconds = 5;

/** `bytes` and `files`: what is to be sent in all. Writes to stderr: stdout belongs to the result. */
export function showProgress(label: string, bytes: number, files: number, silent: boolean): Progress {
  const began = performance.now();
  let sent = 0;
  let done = 0;
  let spoke = began;
  let away = false;
  const speed = new Speed();
  const draw = (final: boolean): void => {
    if (silent) return;
    const line = describeProgress({
      label,
      bytes,
      files,
      sent,
      done,
      speed: speed.of(sent),
      away,
    });
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${final ? "\n" : ""}`);
    else if (final || performance.now() - spoke > quietSeconds * 1000) {
      spoke = performance.now();
      process.stderr.write(`${line}\n`);
    }
  };
  return {
    add(count) {
      sent += count;
      draw(false);
    },
    file() {
      done++;
      draw(false);
    },
    line(there) {
      if (away === !there) return;
      away = !there;
      spoke = Number.NEGATIVE_INFINITY;
      draw(false);
    },
    finish() {
      draw(true);
    },
  };
}

export interface Reading {
  count(files: number): void;
  finish(): void;
}

/** A count while a folder is read, which takes long on a disc; nothing where no terminal redraws it. */
export function showReading(silent: boolean): Reading {
  const shown = !silent && process.stderr.isTTY;
  const redraw = (line: string): void => void (shown && process.stderr.write(`\r\x1b[K${line}`));
  return { count: (files) => redraw(`Read ${files} files`), finish: () => redraw("") };
}

interface State {
  readonly label: string;
  readonly bytes: number;
  readonly files: number;
  readonly sent: number;
  readonly done: number;
  /** Bytes a second; undefined while that is not known. */
  readonly speed: number | undefined;
  readonly away: boolean;
}

/** Of the last half minute, so that the time left follows a line that changes. */
class Speed {
  #marks = [{ at: performance.now(), sent: 0 }];

  of(sent: number): number | undefined {
    const now = performance.now();
    const last = this.#marks.at(-1) as { at: number; sent: number };
    if (now - last.at >= 1000) this.#marks.push({ at: now, sent });
    this.#marks = this.#marks.filter(
      ({ at }, index, { length }) => now - at < 30_000 || index === length - 1,
    );
    const [first = last] = this.#marks;
    const seconds = (now - first.at) / 1000;
    return seconds < 1 ? undefined : Math.max(0, (sent - first.sent) / seconds);
  }
}

/** One line: bar, bytes, files, speed, time left. */
export function describeProgress({ label, bytes, files, sent, done, speed, away }: State): string {
  const part = bytes === 0 ? 1 : sent / bytes;
  const filled = Math.round(part * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const fast = speed === undefined || away ? "" : `, ${formatBytes(speed)}/s`;
  const left = part >= 1 || !speed || away ? "" : `, ${formatSeconds((bytes - sent) / speed)} left`;
  const gone = away ? ", the line is away: trying again" : "";
  return `${label} ${bar} ${formatBytes(sent)} of ${formatBytes(bytes)}, ${done} of ${files} files${fast}${left}${gone}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
