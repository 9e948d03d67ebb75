/** DynamoDB's Query on one partition held in memory. */
import type { Item, Key, Page, Query } from "../../../shared/ports.ts";
import { itemSize, storable } from "./item-values.ts";
import type { Partition } from "./partition.ts";
import { compareUtf8, lowerBound } from "./utf8-order.ts";

const pageBytes = 1024 * 1024;
const pick = ({ pk, sk }: Key): Key => ({ pk, sk });

/** One page, and the bytes that were read for it. */
export function queryPartition(
  partition: Partition | undefined,
  query: Query,
): Page & { readonly bytes: number } {
  checkQuery(query);
  const found: Item[] = [];
  let bytes = 0;
  if (!partition) return { items: found, bytes };
  const order = partition.order();
  const step = query.descending ? -1 : 1;
  const [first, last] = bounds(order, query);
  const inside = (at: number): boolean => at >= first && at < last;
  for (let at = startOf(order, query, first, last); inside(at); at += step) {
    const item = partition.get(order[at] as string) as Item;
    found.push(storable(item) as Item);
    bytes += itemSize(item);
    // A page that is full says "continue" even when nothing follows, as DynamoDB does.
    if (found.length === (query.limit ?? 1000) || bytes >= pageBytes) {
      return { items: found, next: pick(item), bytes };
    }
  }
  return { items: found, bytes };
}

function checkQuery(query: Query): void {
  if (query.pk === "") throw new Error("The partition key must hold text");
  if (query.prefix !== undefined && query.between) throw new Error("Ask for a prefix or a range, not both");
  if (query.limit !== undefined && !(Number.isInteger(query.limit) && query.limit >= 1)) {
    throw new Error("The limit must be a whole number of at least 1");
  }
  if (query.between && compareUtf8(query.between[0], query.between[1]) > 0) {
    throw new Error("The range ends before it starts");
  }
  if (query.after) checkStart(query, query.after);
}

/** First index of the asked range, and the one past its last. */
function bounds(order: readonly string[], query: Query): readonly [number, number] {
  if (query.between) {
    const [from, to] = query.between;
    const end = lowerBound(order, to);
    return [lowerBound(order, from), order[end] === to ? end + 1 : end];
  }
  if (query.prefix === undefined) return [0, order.length];
  const first = lowerBound(order, query.prefix);
  let last = order.length;
  for (let low = first; low < last; ) {
    const middle = (low + last) >>> 1;
    if (order[middle]?.startsWith(query.prefix)) low = middle + 1;
    else last = middle;
  }
  return [first, last];
}

function startOf(order: readonly string[], query: Query, first: number, last: number): number {
  if (!query.after) return query.descending ? last - 1 : first;
  const at = lowerBound(order, query.after.sk);
  if (query.descending) return Math.min(at - 1, last - 1);
  return Math.max(order[at] === query.after.sk ? at + 1 : at, first);
}

/** A page must continue within what is asked for. */
function checkStart({ pk, prefix = "", between }: Query, { pk: afterPk, sk }: Key): void {
  const inside = !between || (compareUtf8(sk, between[0]) >= 0 && compareUtf8(sk, between[1]) <= 0);
  if (afterPk === pk && sk.startsWith(prefix) && inside) return;
  throw new Error("The page to continue is not of this query");
}
