/** Whether the calendar has this day, `2026-02-28`. `Date` takes 30 February for 2 March. */
export function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day;
}
