import type { Grant } from "../access/grant.ts";
import { auditShown } from "../audit/audit-shown.ts";
import { worklistPartition } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import { type ConsultSummary, summaryOf } from "./get-consult.ts";
import type { WorklistItem } from "./items.ts";

const lanes = { requested: "OPEN#", answered: "DONE#" } as const;

export interface WorklistEntry extends ConsultSummary {
  /** DICOM JSON of the study, enough to show it in a list. */
  readonly study: WorklistItem["summary"];
}

/**
 * Consults referred to the caller's hospital: emergencies first, then oldest first; answered ones newest first.
 * `cursor`: `next` of the page before.
 */
export async function listWorklist(
  grant: Grant,
  input: {
    readonly status: keyof typeof lanes;
    readonly cursor?: string | undefined;
    readonly limit?: number | undefined;
  },
): Promise<{ readonly consults: readonly WorklistEntry[]; readonly next?: string }> {
  const { hospital } = grant;
  if (!hospital) throw new Problem("forbidden", "A worklist belongs to a hospital; yours is not known.");
  const pk = worklistPartition(hospital);
  const prefix = lanes[input.status];
  if (input.cursor !== undefined && !input.cursor.startsWith(prefix)) {
    throw new Problem("invalid-request", "cursor is not one this server gave out for this status.");
  }
  const page = await grant.table.query({
    pk,
    prefix,
    descending: input.status === "answered",
    limit: input.limit ?? 100,
    ...(input.cursor !== undefined && { after: { pk, sk: input.cursor } }),
  });
  const items = page.items as readonly WorklistItem[];
  await auditShown(grant, items);
  return {
    consults: items.map(entry),
    ...(page.next && { next: page.next.sk }),
  };
}

function entry(item: WorklistItem): WorklistEntry {
  const accessUntil = new Date(item.expiresAt * 1000).toISOString();
  return { ...summaryOf(item, accessUntil), study: item.summary };
}
