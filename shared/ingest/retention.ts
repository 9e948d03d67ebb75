/**
 * End of retention: midnight (UTC) after the day that lies `years` after `from`. All instances of a study that arrive on
 * one day end together, so the study's own date moves once a day and not with every slice.
 */
export function retainUntil(from: Date, years: number): Date {
  return new Date(Date.UTC(from.getUTCFullYear() + years, from.getUTCMonth(), from.getUTCDate() + 1));
}
