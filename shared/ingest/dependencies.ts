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
  /**
   * How long a claim is held unless released: as long as one file usually takes, and so as long as a file waits whose
   * worker died. A worker that takes longer loses its claim and nothing else: S3 refuses a second copy, the table its commit.
   */
  readonly leaseMilliseconds: () => number;
  /** Waits, to let another worker finish. Default: by the clock of the machine. */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Names this run in claims, unique. */
  readonly attempt: string;
  /** Names this run in audit records. */
  readonly requestId: string;
}
