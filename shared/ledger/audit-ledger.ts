/**
 * Proves the balance over everything a hospital has, at any time, from the buckets and the table alone: no counter is
 * believed, each is computed again. Page by page, so that a request is bounded whatever the archive's size.
 */
import type { Grant } from "../access/grant.ts";
import type { LedgerAuditReply } from "../contract/schemas/ledger.ts";
import { Problem } from "../errors.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Clock } from "../ports.ts";
import { Tally } from "./tally.ts";
import { Budget, type LedgerAudit, type Walk } from "./walk.ts";
import { walkArchive } from "./walk-archive.ts";
import { walkConverted, walkLanding } from "./walk-landing.ts";
import { walkConflicts, walkCorrected, walkQuarantine } from "./walk-quarantine.ts";
import { walkSearch } from "./walk-search.ts";
import { walkUncorrected } from "./walk-uncorrected.ts";
import { walkUploads } from "./walk-uploads.ts";

/** From the bytes to the items, and back. In this order: the cursor names one. */
const walks = {
  archive: walkArchive,
  uncorrected: walkUncorrected,
  search: walkSearch,
  uploads: walkUploads,
  "landing-stat": walkLanding("stat"),
  "landing-routine": walkLanding("routine"),
  "landing-converted": walkConverted,
  quarantine: walkQuarantine,
  corrected: walkCorrected,
  conflicts: walkConflicts,
} as const satisfies Record<string, Walk>;
type WalkName = keyof typeof walks;
const order = Object.keys(walks) as WalkName[];

interface Position {
  readonly walk: WalkName;
  readonly after?: string;
}

/** Answers what this page found, and `next` where there is more. */
export async function auditLedger(
  grant: Grant,
  clock: Clock,
  {
    cursor,
    verifyBytes = false,
  }: { readonly cursor?: string | undefined; readonly verifyBytes?: boolean | undefined },
): Promise<LedgerAuditReply> {
  const { hospital, table, objects } = grant;
  if (!hospital) throw new Problem("invalid-request", "Name the hospital with ?hospital=.");
  const from = cursor === undefined ? { walk: "archive" as const } : decode(cursor);
  await grant.audit({ hospital, detail: from.walk });
  const [tally, budget] = [new Tally(clock), new Budget(clock)];
  const next = await walkFrom({ table, objects, clock, hospital, tally, budget, verifyBytes }, from);
  return {
    walk: next?.walk ?? from.walk,
    checks: tally.counts(),
    violations: tally.violations(),
    ...(next && { next: encode(next) }),
  };
}

async function walkFrom(audit: LedgerAudit, from: Position): Promise<Position | undefined> {
  let { after } = from;
  for (const walk of order.slice(order.indexOf(from.walk))) {
    if (audit.budget.spent()) return { walk };
    const rest = await walks[walk](audit, after);
    if (rest !== undefined) return { walk, after: rest };
    after = undefined;
  }
  return undefined;
}

const encode = ({ walk, after = "" }: Position): string => encodePlace(`${walk} ${after}`);

const place = new RegExp(`^(${order.join("|")}) (.*)$`, "s");

function decode(cursor: string): Position {
  const [, walk, after] = decodePlace(cursor, place, "an audit of the ledger");
  return { walk: walk as WalkName, ...(after && { after }) };
}
