/** Workers that die: from a chosen call on, nothing they ask of the outside world happens any more. */
import type { IngestDependencies } from "../../shared/ingest/dependencies.ts";
import type { ObjectStore, Table } from "../../shared/ports.ts";

export class Killed extends Error {
  override readonly name = "Killed";
}

export interface Mortality {
  /** Calls that change something, so far. */
  changes(): number;
  readonly table: Table;
  readonly objects: ObjectStore;
}

const tableChanges: ReadonlySet<string> = new Set(["write"]);
const objectChanges: ReadonlySet<string> = new Set([
  "put",
  "copy",
  "tag",
  "delete",
  "extendRetention",
  "setLegalHold",
]);

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
  let dead = false;
  const wrap = <T extends object>(store: T, changing: ReadonlySet<string>): T =>
    new Proxy(store, {
      get(target, name) {
        const method = target[name as keyof T];
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          await options.pause?.();
          if (dead) throw new Killed();
          if (changing.has(String(name)) && ++changes === options.dieAt) {
            dead = true;
            if (options.done) await Promise.resolve(method.apply(target, args)).catch(() => undefined);
            throw new Killed();
          }
          const answer = await method.apply(target, args);
          if (dead) throw new Killed();
          return answer;
        };
      },
    });
  return {
    changes: () => changes,
    table: wrap(stores.table, tableChanges),
    objects: wrap(stores.objects, objectChanges),
  };
}
