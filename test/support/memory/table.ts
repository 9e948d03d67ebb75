import { ConditionFailed } from "../../../shared/errors.ts";
import type { Item, Key, Query, Table, TableName, Write } from "../../../shared/ports.ts";
import { checkKey, checkSize, itemSize, storable, storableItem } from "./item-values.ts";
import { Partition } from "./partition.ts";
import { queryPartition } from "./table-query.ts";
import { applied, checkShape, holds } from "./table-writes.ts";
import { compareUtf8 } from "./utf8-order.ts";

const writesPerTransaction = 100;

/** What a call is about, for tests that count, delay or break calls. */
export type TableCall =
  | { readonly operation: "get"; readonly key: Key }
  | { readonly operation: "batchGet"; readonly keys: readonly Key[] }
  | { readonly operation: "query"; readonly query: Query }
  | { readonly operation: "write"; readonly writes: readonly Write[] };

export interface MemoryTable extends Table {
  /** Puts items as they are, given away by the caller: archives of a hundred thousand studies are filled so. */
  fill(items: Iterable<Item>): void;
  /** Every item, in key order. */
  items(table?: TableName): readonly Item[];
  /** Runs before each call; what it throws, the call throws and nothing is written. */
  before(hook: ((call: TableCall) => void | Promise<void>) | undefined): void;
  /** What was read since the last `resetReads`, in strongly consistent units of 4 KB (half for eventual reads). */
  reads(): { readonly items: number; readonly bytes: number; readonly units: number };
  resetReads(): void;
}

const keyOf = (write: Write): Key => (write.op === "put" ? write.item : write.key);

/** The `catalog` and `audit` tables in memory, with DynamoDB's conditions, transactions, order, paging and limits. */
export function memoryTable(): MemoryTable {
  const tables: Record<TableName, Map<string, Partition>> = { catalog: new Map(), audit: new Map() };
  let read = { items: 0, bytes: 0, units: 0 };
  let hook: ((call: TableCall) => void | Promise<void>) | undefined;

  const find = (table: TableName, key: Key): Item | undefined => tables[table].get(key.pk)?.get(key.sk);

  function store(table: TableName, key: Key, item: Item | undefined): void {
    const partition = tables[table].get(key.pk) ?? new Partition();
    tables[table].set(key.pk, partition);
    if (item === undefined) partition.delete(key.sk);
    else partition.put(key.sk, item);
  }

  function count(items: number, bytes: number, consistent: boolean | undefined): void {
    const units = Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
    read = { items: read.items + items, bytes: read.bytes + bytes, units: read.units + units };
  }

  function getOne(key: Key, table: TableName, consistent: boolean | undefined): Item | undefined {
    checkKey(key);
    const item = find(table, key);
    count(item ? 1 : 0, item ? itemSize(item) : 0, consistent);
    return item && (storable(item) as Item);
  }

  return {
    async get(key, options = {}) {
      await hook?.({ operation: "get", key });
      return getOne(key, options.table ?? "catalog", options.consistent);
    },

    async batchGet(keys, options = {}) {
      await hook?.({ operation: "batchGet", keys });
      return keys
        .map((key) => getOne(key, options.table ?? "catalog", options.consistent))
        .filter((item) => item !== undefined);
    },

    async query(query) {
      await hook?.({ operation: "query", query });
      const page = queryPartition(tables[query.table ?? "catalog"].get(query.pk), query);
      count(page.items.length, page.bytes, query.consistent);
      return { items: page.items, ...(page.next && { next: page.next }) };
    },

    async write(writes) {
      await hook?.({ operation: "write", writes });
      const prepared = prepare(writes);
      const before = prepared.map((write) => find(write.table ?? "catalog", keyOf(write)));
      const failed = prepared.flatMap((write, index) => (holds(write.when, before[index]) ? [] : [index]));
      if (failed.length > 0) throw new ConditionFailed(failed);
      const results = prepared.map((write, index) => {
        const after = applied(write, before[index]);
        if (after && write.op === "update") checkSize(after);
        return after;
      });
      for (const [index, write] of prepared.entries()) {
        if (write.op !== "check") store(write.table ?? "catalog", keyOf(write), results[index]);
      }
    },

    fill(items) {
      for (const item of items) store("catalog", item, item);
    },
    items(table = "catalog") {
      return [...tables[table].values()]
        .flatMap((partition) => [...partition.values()])
        .sort((a, b) => compareUtf8(a.pk, b.pk) || compareUtf8(a.sk, b.sk))
        .map((item) => storable(item) as Item);
    },
    before(next) {
      hook = next;
    },
    reads: () => read,
    resetReads() {
      read = { items: 0, bytes: 0, units: 0 };
    },
  };
}

/** Refuses what the service refuses whatever the table holds, and copies what is to be stored. */
function prepare(writes: readonly Write[]): readonly Write[] {
  if (writes.length === 0) throw new Error("Nothing to write");
  if (writes.length > writesPerTransaction) throw new Error("A transaction holds at most 100 writes");
  const touched = new Set<string>();
  for (const write of writes) {
    checkShape(write);
    checkKey(keyOf(write));
    const { pk, sk } = keyOf(write);
    const address = `${write.table ?? "catalog"}\0${pk}\0${sk}`;
    if (touched.has(address)) throw new Error("A transaction cannot include two writes on one item");
    touched.add(address);
  }
  return writes.map((write) => {
    if (write.op === "put") return { ...write, item: storableItem(write.item) };
    if (write.op === "update" && write.set) {
      return { ...write, set: storable(write.set) as Record<string, unknown> };
    }
    return write;
  });
}
