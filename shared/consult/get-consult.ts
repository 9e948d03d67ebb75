import type { Grant } from "../access/grant.ts";
import type { ConsultItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import type { WorklistItem } from "./items.ts";

/** What a consult and its line on the worklist both show. */
export interface ConsultSummary {
  readonly consultId: string;
  readonly fromHospital: string;
  readonly studyUid: string;
  /** The image root to read the study under: `/dicomweb/{scope}`. */
  readonly scope: string;
  readonly priority: ConsultItem["priority"];
  readonly status: ConsultItem["status"];
  readonly question?: string;
  readonly createdAt: string;
  readonly answeredAt?: string;
  /** When the access to the study ends that this consult gave. */
  readonly accessUntil: string;
}

export interface ConsultView extends ConsultSummary {
  readonly toHospital: string;
}

export async function getConsult(grant: Grant, input: { readonly consultId: string }): Promise<ConsultView> {
  const consult = (await grant.table.get(keys.consult(input.consultId), { consistent: true })) as
    | ConsultItem
    | undefined;
  if (!consult) throw new Problem("not-found", "There is no such consult.");
  const { region, hospital, studyUid, consultId } = consult;
  await grant.audit({ hospital: { region, hospital }, studyUid, consultId });
  return consultView(consult);
}

export function consultView(consult: ConsultItem): ConsultView {
  const { toHospital, accessUntil } = consult;
  return { ...summaryOf(consult, accessUntil), toHospital };
}

export function summaryOf(item: ConsultItem | WorklistItem, accessUntil: string): ConsultSummary {
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
    accessUntil,
  };
}
