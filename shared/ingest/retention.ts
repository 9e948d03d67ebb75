/**
 * End of retention: midnight (UTC) after the day that lies `years` after `from`. All instances of a study that arrive on
 * one day end together, so the study's own date moves once a day and not with every slice. 0 years, for stages that come
 * and go, is one day: S3 takes no date that is not well ahead.
 */
export function retainUntil(from: Date, years: number): Date {
  const days = years === 0 ? 2 : 1;
  return new Date(Date.UTC(from.getUTCFullYear() + years, from.getUTCMonth(), from.getUTCDate() + days));
}
