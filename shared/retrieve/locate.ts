/** Finds the catalog item a WADO-RS path names, within the study the request was narrowed to. */
import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys, prefixes, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { Problem } from "../errors.ts";

export interface InstancePath {
  readonly seriesUid: string;
  readonly sopUid: string;
}

/** Throws Problem("not-found") for an instance that is not in the study, whoever else may hold it. */
export async function locateInstance(grant: Grant, path: InstancePath): Promise<InstanceItem> {
  const item = grant.study && (await grant.table.get(keys.instance({ ...grant.study, ...path })));
  if (!item) throw new Problem("not-found", "There is no such instance in this scope.");
  return item as InstanceItem;
}

/** Every instance of the study, or of one of its series; throws Problem("not-found") when there is none. */
export async function locateInstances(grant: Grant, seriesUid?: string): Promise<readonly InstanceItem[]> {
  const found = await queryAll(grant.table, within(grant, seriesUid));
  if (found.length === 0) throw new Problem("not-found", "There is no such study or series in this scope.");
  return found as readonly InstanceItem[];
}

/**
 * The instance whose thumbnail stands for a series or a study: of one page of instances, the one nearest to the middle.
 * One page bounds the cost; a series longer than that still shows a slice from inside the body.
 */
export async function locateRepresentative(grant: Grant, seriesUid?: string): Promise<InstanceItem> {
  const page = await grant.table.query({ ...within(grant, seriesUid), limit: 100 });
  const shown = (page.items as readonly InstanceItem[]).filter(({ thumbnail }) => thumbnail === "ready");
  const byNumber = shown.toSorted((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0));
  const middle = byNumber[Math.floor(byNumber.length / 2)];
  if (middle !== undefined) return middle;
  if (page.items.length === 0)
    throw new Problem("not-found", "There is no such study or series in this scope.");
  throw new Problem("not-found", "No thumbnail has been made of it yet.");
}

function within(
  grant: Grant,
  seriesUid: string | undefined,
): { readonly pk: string; readonly prefix: string } {
  if (grant.study === undefined) throw new Problem("not-found", "There is no such study in this scope.");
  return { pk: studyPartition(grant.study), prefix: prefixes.instances(seriesUid) };
}
