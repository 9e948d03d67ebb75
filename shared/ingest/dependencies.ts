import type { EncounterClass } from "../catalog/items.ts";
import type { Clock, ObjectStore, Table } from "../ports.ts";

/** What ingest needs. It serves every hospital, so its stores are not narrowed. */
export interface IngestDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Home region of every hospital here. */
  readonly region: string;
  readonly retentionYears: Readonly<Record<EncounterClass, number>>;
  /** How long a claim is held: longer than this worker can still run. */
  readonly leaseMilliseconds: () => number;
  /** Waits, to let another worker finish. Default: by the clock of the machine. */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Names this run in claims, unique. */
  readonly attempt: string;
  /** Names this run in audit records. */
  readonly requestId: string;
}
