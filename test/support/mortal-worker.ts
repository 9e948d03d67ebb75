/** Workers that die: from a chosen change on, nothing they ask of the outside world happens any more. */
import type { IngestDependencies } from "../../shared/ingest/dependencies.ts";
import type { ObjectStore, Table } from "../../shared/ports.ts";
import { type FateOf, fated } from "./faults/fates.ts";

export { Killed } from "./faults/fates.ts";

export interface Mortality {
  /** Calls that change something, so far. */
  changes(): number;
  readonly table: Table;
  readonly objects: ObjectStore;
}

/**
 * `dieAt`: the change it does not survive (from 1). `done`: whether that change still happens, as when the machine dies
 * before it hears the answer. `pause` runs before every call, to let others go first.
 */
export function mortal(
  stores: Pick<IngestDependencies, "table" | "objects">,
  options: {
    readonly dieAt?: number;
    readonly done?: boolean;
    readonly pause?: () => Promise<void>;
  } = {},
): Mortality {
  let changes = 0;
  const worker = { dead: false };
  const fateOf: FateOf = async (call) => {
    await options.pause?.();
    const last = !worker.dead && call.changes && ++changes === options.dieAt;
    if (!last) return "done";
    return options.done ? "dies-after" : "dies-before";
  };
  return {
    changes: () => changes,
    table: fated(stores.table, worker, fateOf),
    objects: fated(stores.objects, worker, fateOf),
  };
}
