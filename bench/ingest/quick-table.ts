/**
 * The table at no cost: items are kept by reference, what a write asks for is done. Conditions are held to, or the bench would
 * not do what ingest does; sizes and shapes are the tests' business.
 */
import { ConditionFailed } from "../../shared/errors.ts";
import type { Item, Key, Table, Write } from "../../shared/ports.ts";
import { applied, holds } from "../../test/support/memory/table-writes.ts";

export interface QuickTable extends Table {
  items(): readonly Item[];
}

export function quickTable(filled: readonly Item[]): QuickTable {
  const kept = new Map<string, Item>();
  const address = ({ pk, sk }: Key): string => `${pk}\0${sk}`;
  const addressOf = (write: Write): string => address(write.op === "put" ? write.item : write.key);
  for (const item of filled) kept.set(address(item), item);
  return {
    get: async (key) => kept.get(address(key)),
    batchGet: async (keys) => keys.flatMap((key) => kept.get(address(key)) ?? []),
    query: async () => {
      throw new Error("The bench did not expect a query");
    },
    async write(writes) {
      const before = writes.map((write) => kept.get(addressOf(write)));
      const failed = writes.flatMap((write, index) => (holds(write.when, before[index]) ? [] : [index]));
      if (failed.length > 0) throw new ConditionFailed(failed);
      for (const [index, write] of writes.entries()) {
        const after = write.op === "check" ? undefined : applied(write, before[index]);
        // Audit records are of another table, and nobody reads them here.
        if (after && (write.table ?? "catalog") === "catalog") kept.set(addressOf(write), after);
      }
    },
    items: () => [...kept.values()],
  };
}
