import type { Item, Key, Query, Table } from "../ports.ts";

/** Every item of a partition's range. Only for ranges that are known to be small or that must be read whole. */
export async function queryAll(
  table: Pick<Table, "query">,
  query: Omit<Query, "after">,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: Key | undefined;
  do {
    const page = await table.query({ ...query, ...(after && { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
}
