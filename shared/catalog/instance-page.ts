import type { Table } from "../ports.ts";
import type { InstanceItem } from "./items.ts";
import { prefixes, type StudyKey, studyPartition } from "./keys.ts";

export interface InstancePage {
  readonly instances: readonly InstanceItem[];
  /** Where the next page goes on; absent at the end. */
  readonly next?: { readonly sk: string };
}

/** At most `limit` instances of a study, read consistently, after the one of this sort key. */
export async function instancePage(
  table: Pick<Table, "query">,
  study: StudyKey,
  after: string | undefined,
  limit: number,
): Promise<InstancePage> {
  const pk = studyPartition(study);
  const { items, next } = await table.query({
    ...{ pk, prefix: prefixes.instances(), limit, consistent: true },
    ...(after !== undefined && { after: { pk, sk: after } }),
  });
  return { instances: items as readonly InstanceItem[], ...(next && { next }) };
}
