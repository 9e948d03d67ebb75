import type { Table } from "../ports.ts";
import { sumSeries, sumStudy } from "./counters.ts";
import type { SeriesItem, StudyItem } from "./items.ts";

/**
 * Study and series items are written a moment before their first instance, and stay behind when that instance never comes:
 * its worker died, and meanwhile other bytes took its UID elsewhere. Until counts are rolled up, only the counters tell.
 */
export async function holdsInstances(table: Table, item: StudyItem | SeriesItem): Promise<boolean> {
  if ((item.instances ?? 0) > 0) return true;
  if (item.type === "study") return (await sumStudy(table, item)).instances > 0;
  return ((await sumSeries(table, item)).get(item.seriesUid)?.instances ?? 0) > 0;
}
