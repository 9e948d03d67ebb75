/** A study's mark: 100 less what its findings cost, never below 0. The rule is docs/decisions/quality-at-the-door.md. */
import type { Found } from "../catalog/findings.ts";
import { type FindingCode, findingKinds } from "../contract/findings.ts";

export interface Quality {
  /** 0 to 100. */
  readonly score: number;
  /** Each code once, however many series it is about; the dearest first. */
  readonly deductions: readonly { readonly code: FindingCode; readonly points: number }[];
}

/** As answers show it. */
export const presentQuality = ({ score, deductions }: Quality) => ({
  score,
  deductions: deductions.map(({ code, points }) => ({ code, points })),
});

export function qualityOf(found: readonly Found[]): Quality {
  const codes = [...new Set(found.map(({ code }) => code))];
  const deductions = codes
    .map((code) => ({ code, points: pointsOf(code) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || (a.code < b.code ? -1 : 1));
  const lost = deductions.reduce((sum, { points }) => sum + points, 0);
  return { score: Math.max(0, 100 - lost), deductions };
}

function pointsOf(code: FindingCode): number {
  const kind = findingKinds[code];
  return "points" in kind ? kind.points : 0;
}
