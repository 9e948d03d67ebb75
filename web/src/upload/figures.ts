/** Sizes and times as people read them. */
import { type Language, localeOf } from "../language.ts";

const units = ["B", "KiB", "MiB", "GiB"] as const;

export function formatBytes(bytes: number, language: Language): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(localeOf(language), { maximumFractionDigits: digits })} ${units[power]}`;
}

/** Seconds, roughly: nobody needs to know the 40 in 23 min 40 s. */
export function formatSeconds(seconds: number, language: Language): string {
  const unit = seconds >= 5400 ? "hour" : seconds >= 90 ? "minute" : "second";
  const of = { hour: 3600, minute: 60, second: 1 }[unit];
  return new Intl.NumberFormat(localeOf(language), { style: "unit", unit, unitDisplay: "long" }).format(
    Math.max(1, Math.round(seconds / of)),
  );
}

/** Bytes a second over the last while; undefined until there is something to say. */
export class Rate {
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];

  /** `at`: milliseconds. */
  mark(at: number, bytes: number): void {
    this.#marks.push({ at, bytes });
    while (this.#marks.length > 2 && at - (this.#marks[0]?.at ?? at) > 20_000) this.#marks.shift();
  }

  get perSecond(): number | undefined {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.at - first.at < 2000) return undefined;
    const rate = (1000 * (last.bytes - first.bytes)) / (last.at - first.at);
    return rate > 0 ? rate : undefined;
  }
}
