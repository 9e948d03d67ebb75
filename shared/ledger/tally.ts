import type { Clock } from "../ports.ts";
import { longestUnderWaySeconds } from "../work-limits.ts";
import { type LedgerCheck, ledgerChecks } from "./checks.ts";

/** Violations named on one page; all are counted. */
const namedPerPage = 100;

/** What fails a check: identifiers and numbers, never a name. */
export interface Violation {
  readonly check: LedgerCheck;
  readonly detail: string;
  readonly studyUid?: string | undefined;
  readonly seriesUid?: string | undefined;
  readonly sopUid?: string | undefined;
  readonly sha256?: string | undefined;
  readonly uploadId?: string | undefined;
  readonly fileId?: string | undefined;
  readonly reportId?: string | undefined;
  /** Whole hours since it was stored or last moved. */
  readonly ageHours?: number | undefined;
}
export interface CheckCount {
  readonly check: LedgerCheck;
  readonly examined: number;
  readonly violations: number;
  /** Not as it should be, for a reason that passes by itself: too young, or kept for as long as was promised. */
  readonly explained: number;
}

/** Adds up one page of an audit. */
export class Tally {
  readonly #now: number;
  readonly #counts = new Map<LedgerCheck, { examined: number; violations: number; explained: number }>();
  readonly #named: Violation[] = [];

  constructor(clock: Clock) {
    this.#now = clock.now().getTime();
  }

  #of(check: LedgerCheck) {
    const known = this.#counts.get(check) ?? { examined: 0, violations: 0, explained: 0 };
    this.#counts.set(check, known);
    return known;
  }

  /** One thing was looked at and is as it should be, or not. */
  examine(check: LedgerCheck, holds: boolean, violation: Omit<Violation, "check">): void {
    this.#of(check).examined++;
    if (!holds) this.#violate({ check, ...violation });
  }

  /** The same for what takes a while: `since` is when it was stored or last moved. */
  await(check: LedgerCheck, holds: boolean, since: Since, violation: Omit<Violation, "check">): void {
    if (holds || this.isYoung(since)) this.explain(check, !holds);
    else this.examine(check, false, { ...violation, ageHours: this.#hoursSince(since) });
  }

  /** Looked at; `explained`: not as it should be, and rightly so. */
  explain(check: LedgerCheck, explained = true): void {
    const count = this.#of(check);
    count.examined++;
    if (explained) count.explained++;
  }

  /** May still be under way. */
  isYoung(since: Since): boolean {
    const at = milliseconds(since);
    return at !== undefined && this.#now - at < longestUnderWaySeconds * 1000;
  }

  isOlderThan(since: Since, days: number): boolean {
    const at = milliseconds(since);
    return at === undefined || this.#now - at > days * 86_400_000;
  }

  #hoursSince(since: Since): number | undefined {
    const at = milliseconds(since);
    return at === undefined ? undefined : Math.floor((this.#now - at) / 3_600_000);
  }

  #violate(violation: Violation): void {
    this.#of(violation.check).violations++;
    if (this.#named.length < namedPerPage) this.#named.push(violation);
  }

  counts(): CheckCount[] {
    const order = Object.keys(ledgerChecks) as LedgerCheck[];
    return order.flatMap((check) => {
      const count = this.#counts.get(check);
      return count ? [{ check, ...count }] : [];
    });
  }

  violations(): Violation[] {
    return [...this.#named];
  }
}

export type Since = Date | string | undefined;

function milliseconds(since: Since): number | undefined {
  const at = typeof since === "string" ? Date.parse(since) : since?.getTime();
  return at === undefined || Number.isNaN(at) ? undefined : at;
}
