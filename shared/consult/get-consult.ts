import type { Grant } from "../access/grant.ts";
import type { ConsultItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";

export interface ConsultView {
  readonly consultId: string;
  readonly fromHospital: string;
  readonly toHospital: string;
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
  const { consultId, hospital, toHospital, studyUid, priority, status, question } = consult;
  const { createdAt, answeredAt, accessUntil } = consult;
  return {
    consultId,
    fromHospital: hospital,
    toHospital,
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
