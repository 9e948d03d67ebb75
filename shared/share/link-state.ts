/** What a link is at a moment, and how long a lock lasts. */
import type { ShareItem } from "./items.ts";

export type LinkState = "open" | "revoked" | "expired" | "locked" | "exhausted";

export const triesBeforeLock = 5;
const firstLockMinutes = 15;
/** 15 minutes doubled nine times is over five days; longer locks would outlive most links. */
const mostDoublings = 9;

export function linkState(share: ShareItem, now: Date): LinkState {
  const at = now.toISOString();
  if (share.revokedAt !== undefined) return "revoked";
  if (share.expiresAt <= at) return "expired";
  if (share.lockedUntil > at) return "locked";
  if (share.maxOpenings !== undefined && share.openings >= share.maxOpenings) return "exhausted";
  return "open";
}

/** `locks`: how many locks there have been already. */
export function lockUntil(now: Date, locks: number): string {
  const minutes = firstLockMinutes * 2 ** Math.min(locks, mostDoublings);
  return new Date(now.getTime() + minutes * 60_000).toISOString();
}
