import type { Grant } from "../access/grant.ts";
import { auditShown } from "../audit/audit-shown.ts";
import { worklistPartition } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { WorklistItem } from "./items.ts";

const lanes = { requested: "OPEN#", answered: "DONE#" } as const;

export interface WorklistEntry {
  readonly consultId: string;
  readonly fromHospital: string;
  readonly studyUid: string;
  readonly scope: string;
  readonly priority: WorklistItem["priority"];
  readonly status: WorklistItem["status"];
  readonly question?: string;
  readonly createdAt: string;
  readonly answeredAt?: string;
  readonly accessUntil: string;
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
  const { consultId, hospital, studyUid, priority, status, question, createdAt, answeredAt } = item;
  return {
    consultId,
    fromHospital: hospital,
    studyUid,
    scope: `consult-${consultId}`,
    priority,
    status,
    ...(question !== undefined && { question }),
    createdAt,
    ...(answeredAt !== undefined && { answeredAt }),
    accessUntil: new Date(item.expiresAt * 1000).toISOString(),
    study: item.summary,
  };
}
