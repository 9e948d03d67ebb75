import type { HospitalKey } from "../catalog/keys.ts";
import type { BucketName, Clock, ListedObject, ObjectStore, Table } from "../ports.ts";
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

/** Looks at a listing page by page, from a position to its end or to that of the budget. */
export async function walkPages<T>(
  { budget }: LedgerAudit,
  from: string | undefined,
  read: (after: string | undefined) => Promise<{ readonly found: readonly T[]; readonly next?: string }>,
  look: (found: readonly T[]) => Promise<void>,
): Promise<string | undefined> {
  for (let position = from; ; ) {
    const { found, next } = await read(position);
    await look(found);
    if (next === undefined) return undefined;
    position = next;
    if (budget.spend(found.length)) return position;
  }
}

/** The same for the objects under a prefix. */
export const walkObjects = (
  audit: LedgerAudit,
  [bucket, prefix]: readonly [BucketName, string],
  from: string | undefined,
  look: (listed: readonly ListedObject[]) => Promise<void>,
): Promise<string | undefined> => {
  const read = async (after: string | undefined) => {
    const { keys: found, ...rest } = await audit.objects.list(bucket, prefix, after);
    return { found, ...rest };
  };
  return walkPages(audit, from, read, look);
};

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
