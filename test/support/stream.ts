/** The table's stream: what each write changed, in order, as the stream's consumer sees it. */
import type { Change } from "../../shared/catalog/change.ts";
import type { Item, Key, Table, Write } from "../../shared/ports.ts";
import { persistently } from "./persistently.ts";

export interface StreamedTable {
  readonly table: Table;
  /** Takes the changes since the last call. */
  drain(): readonly Change[];
}

const keyOf = (write: Write): Key => (write.op === "put" ? write.item : write.key);

export function streamed(table: Table): StreamedTable {
  let changes: Change[] = [];
  let sequence = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function writeAndNote(writes: readonly Write[]): Promise<void> {
    const touched = writes.filter(
      (write) => write.op !== "check" && (write.table ?? "catalog") === "catalog",
    );
    const read = () =>
      persistently(() => Promise.all(touched.map((write) => table.get(keyOf(write), { consistent: true }))));
    const before = await read();
    // What a write did whose answer was lost is in the stream too.
    const failure = await table.write(writes).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const after = await read();
    for (const index of touched.keys()) note(before[index], after[index]);
    if (failure) throw failure.error;
  }
  function note(before: Item | undefined, after: Item | undefined): void {
    // Writing what is there already makes no record.
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const images = { ...(before && { before }), ...(after && { after }) };
    changes.push({ sequence: String(++sequence).padStart(8, "0"), ...images });
  }

  return {
    table: {
      get: (key, options) => table.get(key, options),
      batchGet: (keys, options) => table.batchGet(keys, options),
      query: (query) => table.query(query),
      // One after the other, so that images and writes cannot mix.
      write(writes) {
        const done = last.then(() => writeAndNote(writes));
        last = done.catch(() => undefined);
        return done;
      },
    },
    drain() {
      const taken = changes;
      changes = [];
      return taken;
    },
  };
}
