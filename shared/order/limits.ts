/** How orders are matched; a deployment may set `orderWindowDays` otherwise. */
export const orderLimits = {
  /** Days between the day an examination was asked for and the day it was made, either way. */
  orderWindowDays: 3,
} as const;

/** A hospital whose last order is older than this works without orders: its studies are not called unmatched. */
export const orderUseDays = 30;

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** YYYYMMDD some days away; undefined for what is no day. */
export function dayFrom(day: string, days: number): string | undefined {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(day) ?? [];
  const at = Date.parse(`${year}-${month}-${date}T00:00:00Z`) + days * dayMilliseconds;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10).replaceAll("-", "");
}

export const usesOrders = (lastOrderAt: string | undefined, now: Date): boolean =>
  lastOrderAt !== undefined && Date.parse(lastOrderAt) > now.getTime() - orderUseDays * dayMilliseconds;
