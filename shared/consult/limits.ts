/** What a consult gives, and for how long; a deployment may set `consultAccessDays` otherwise. */
export const consultLimits = {
  /** Long enough to ask back after the answer; a consult asked again renews it. */
  consultAccessDays: 90,
} as const;
export type ConsultLimits = Readonly<Record<keyof typeof consultLimits, number>>;

/** Epoch seconds, as the table's TTL reads them. */
export const accessEnd = (now: Date, { consultAccessDays }: ConsultLimits): number =>
  Math.floor(now.getTime() / 1000) + consultAccessDays * 24 * 60 * 60;
