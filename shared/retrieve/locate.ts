/** Finds the catalog item a WADO-RS path names, within the study the request was narrowed to. */
import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import { keys, prefixes, studyPartition } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import { Problem } from "../errors.ts";
import type { Key } from "../ports.ts";

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

/** Something to show is stored for it: a thumbnail, or an icon where there cannot be one. */
export const hasPicture = ({ thumbnail, icon }: InstanceItem): boolean =>
  thumbnail === "ready" || icon !== undefined;

const pageOfInstances = 100;
const pagesLookedAt = 10;

/**
 * The instance whose thumbnail stands for a series or a study: of the first page that shows pixels, the one nearest to the
 * middle; where none does, one with an icon. Pages bound the cost; a series longer than one still shows a slice from
 * inside the body.
 */
export async function locateRepresentative(grant: Grant, seriesUid?: string): Promise<InstanceItem> {
  const range = within(grant, seriesUid);
  let [found, after, icon]: [number, Key | undefined, InstanceItem | undefined] = [0, undefined, undefined];
  for (let looked = 0; looked < pagesLookedAt; looked++) {
    const page = await grant.table.query({ ...range, limit: pageOfInstances, ...(after && { after }) });
    const instances = page.items as readonly InstanceItem[];
    const middle = middleOf(instances.filter(({ thumbnail }) => thumbnail === "ready"));
    if (middle !== undefined) return middle;
    icon ??= instances.find(hasPicture);
    found += instances.length;
    after = page.next;
    if (after === undefined) break;
  }
  if (icon !== undefined) return icon;
  if (found === 0) throw new Problem("not-found", "There is no such study or series in this scope.");
  throw new Problem("not-found", "No thumbnail has been made of it yet.");
}

function middleOf(instances: readonly InstanceItem[]): InstanceItem | undefined {
  const byNumber = instances.toSorted((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0));
  return byNumber[Math.floor(byNumber.length / 2)];
}

function within(
  grant: Grant,
  seriesUid: string | undefined,
): { readonly pk: string; readonly prefix: string } {
  if (grant.study === undefined) throw new Problem("not-found", "There is no such study in this scope.");
  return { pk: studyPartition(grant.study), prefix: prefixes.instances(seriesUid) };
}
