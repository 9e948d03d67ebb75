import type { Grant } from "../access/grant.ts";
import { keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { Item } from "../ports.ts";
import { type AuditRecord, auditShards } from "./record.ts";

/** A record as people and machines read it: without the table's keys. */
export type AuditView = Omit<AuditRecord, "pk" | "sk" | "type">;

export interface RecordsOfDay {
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  readonly limit: number;
  /** From `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** Records of a hospital's day, newest first, at most `limit`. Reading them is itself on record. */
export async function listRecords(
  grant: Grant,
  { day, limit, cursor }: RecordsOfDay,
): Promise<{ readonly records: readonly AuditView[]; readonly next?: string }> {
  const { hospital } = grant;
  if (!hospital) throw new Problem("invalid-request", "Say which hospital: ?hospital=");
  await grant.audit({ detail: `records of ${day}` });
  const shards = Array.from({ length: auditShards }, (_, shard) => keys.audit(hospital, day, shard, "").pk);
  const pages = await Promise.all(
    shards.map((pk) =>
      grant.table.query({
        table: "audit",
        pk,
        descending: true,
        limit: limit + 1,
        // ULIDs begin with their time, so one cursor orders all shards. Inclusive: the cursor's own record is dropped below.
        ...(cursor !== undefined && { between: ["0", cursor] as const }),
      }),
    ),
  );
  const records = pages
    .flatMap(({ items }) => items)
    .filter((item): item is AuditRecord => item.sk !== cursor)
    .sort((a, b) => (a.sk < b.sk ? 1 : -1));
  const shown = records.slice(0, limit);
  const last = shown.at(-1);
  return {
    records: shown.map(view),
    ...(records.length > limit && last && { next: last.recordId }),
  };
}

function view({ pk: _pk, sk: _sk, type: _type, ...shown }: Item & AuditRecord): AuditView {
  return shown as AuditView;
}
