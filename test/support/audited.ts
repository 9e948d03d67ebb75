/** The ledger's audit, page by page, as `mic audit ledger` walks it. */
import { auditLedger } from "../../shared/ledger/audit-ledger.ts";
import type { LedgerCheck } from "../../shared/ledger/checks.ts";
import type { CheckCount, Violation } from "../../shared/ledger/tally.ts";
import type { Clock, ObjectStore, Table } from "../../shared/ports.ts";
import { testGrant } from "./grant.ts";
import { user } from "./principals.ts";

export interface Audited {
  readonly checks: ReadonlyMap<LedgerCheck, CheckCount>;
  readonly violations: readonly Violation[];
  readonly pages: number;
}

export interface AuditedStores {
  readonly hospital: { readonly hospital: string };
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/** Walks every page and adds them up. */
export async function audited(
  { hospital, table, objects, clock }: AuditedStores,
  options: { readonly verifyBytes?: boolean } = {},
): Promise<Audited> {
  const principal = user("hospital-admin", hospital.hospital);
  const grant = testGrant({ principal, action: "auditLedger", table, objects, clock });
  const checks = new Map<LedgerCheck, CheckCount>();
  const violations: Violation[] = [];
  let [cursor, pages] = [undefined as string | undefined, 0];
  do {
    const page = await auditLedger(grant, clock, { cursor, ...options });
    for (const count of page.checks) checks.set(count.check, sum(checks.get(count.check), count));
    violations.push(...page.violations);
    [cursor, pages] = [page.next, pages + 1];
  } while (cursor !== undefined);
  return { checks, violations, pages };
}

const sum = (one: CheckCount | undefined, other: CheckCount): CheckCount => ({
  check: other.check,
  examined: (one?.examined ?? 0) + other.examined,
  violations: (one?.violations ?? 0) + other.violations,
  explained: (one?.explained ?? 0) + other.explained,
});
