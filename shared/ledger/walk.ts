import type { HospitalKey } from "../catalog/keys.ts";
import type { Clock, ObjectStore, Table } from "../ports.ts";
import type { Tally } from "./tally.ts";

/** Reads only: an audit changes nothing. */
export interface LedgerStores {
  readonly table: Pick<Table, "get" | "batchGet" | "query">;
  readonly objects: Pick<ObjectStore, "head" | "list" | "listVersions" | "stream" | "tagsOf">;
  readonly clock: Clock;
}

export interface LedgerAudit extends LedgerStores {
  readonly hospital: HospitalKey;
  readonly tally: Tally;
  readonly budget: Budget;
  /** Reads originals of which S3 holds no SHA-256, up to a size that a request can hash. */
  readonly verifyBytes: boolean;
}

/** Goes on after `after`, and answers where the next request goes on; undefined at the end. */
export type Walk = (audit: LedgerAudit, after: string | undefined) => Promise<string | undefined>;

/** Things looked at by one request, and how long: a gateway waits 29 seconds. */
const thingsPerRequest = 1000;
const millisecondsPerRequest = 8_000;

export class Budget {
  readonly #clock: Clock;
  readonly #until: number;
  #left = thingsPerRequest;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#until = clock.now().getTime() + millisecondsPerRequest;
  }

  /** Whether the request should end here. */
  spend(things: number): boolean {
    this.#left -= things;
    return this.spent();
  }

  spent(): boolean {
    return this.#left <= 0 || this.#clock.now().getTime() >= this.#until;
  }
}
