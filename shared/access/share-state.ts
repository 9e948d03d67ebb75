/** What access needs to know of a share: the rest of the item is the share capability's business. */
import type { StudyKey } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";

export interface ShareState extends StudyKey {
  readonly shareId: string;
}

/** The share while its link may be used; undefined once it is revoked or expired. */
export function openShareOf(item: Item | undefined, now: Date): ShareState | undefined {
  if (!item || item.revokedAt !== undefined || hasExpired(item.expiresAt, now)) return undefined;
  const { shareId, region, hospital, studyUid } = item;
  const strings = [shareId, region, hospital, studyUid].every((value) => typeof value === "string");
  return strings ? (item as unknown as ShareState) : undefined;
}

/** Expiry is epoch seconds where the table's TTL reads it, ISO-8601 where people do. Without one, closed. */
export function hasExpired(expiresAt: unknown, now: Date): boolean {
  if (typeof expiresAt === "number") return expiresAt * 1000 <= now.getTime();
  if (typeof expiresAt === "string") return !(Date.parse(expiresAt) > now.getTime());
  return true;
}
