import type { Grant } from "../access/grant.ts";
import type { ConsultItem, DicomJson, StudyAccessItem, StudyItem } from "../catalog/items.ts";
import { type HospitalKey, keys, type StudyKey } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Priority } from "../object-keys.ts";
import type { Clock, Key } from "../ports.ts";
import { type ConsultView, consultView } from "./get-consult.ts";
import type { ConsultPointerItem, WorklistItem } from "./items.ts";
import { accessEnd, type ConsultLimits } from "./limits.ts";

export interface ConsultRequest {
  readonly consultId: string;
  readonly studyUid: string;
  readonly toHospital: string;
  readonly priority: Priority;
  readonly question?: string | undefined;
}

/** What a worklist shows of a study: patient, dates, description, modality. */
const summaryTags = [
  "00080020",
  "00080030",
  "00080050",
  "00080061",
  "00081030",
  "00100010",
  "00100020",
  "00100030",
  "00100040",
  "00101010",
] as const;

/**
 * Refers a study of the caller's hospital to another one, which from then on may view it and report on it. A repetition
 * under the same `consultId` answers what the first one made.
 */
export async function createConsult(
  grant: Grant,
  deps: { readonly clock: Clock; readonly limits: ConsultLimits },
  request: ConsultRequest,
): Promise<ConsultView> {
  const { study, from, to } = await parties(grant, request);
  const key: StudyKey = { ...from, studyUid: request.studyUid };
  const now = deps.clock.now();
  const expiresAt = accessEnd(now, deps.limits);
  const consult = newConsult(grant, { now, expiresAt }, key, request);
  const { consultId } = consult;
  try {
    await grant.table.write([
      putOnce(consult),
      putOnce({ ...worklistItem(consult, study, to), expiresAt }),
      putOnce(pointerItem(consult, key)),
      putOnce({ ...accessItem(`consult-${consultId}`, consult, key), expiresAt }),
      // The hospital may hold access by an earlier consult already: this one renews it.
      { op: "put", item: { ...accessItem(`hospital-${to.hospital}`, consult, key), expiresAt } },
      ...grant.auditWrites({ hospital: from, studyUid: key.studyUid, consultId }),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return consultView((await grant.table.get(keys.consult(consultId))) as ConsultItem);
  }
  return consultView(consult);
}

async function parties(
  grant: Grant,
  { studyUid, toHospital }: ConsultRequest,
): Promise<{ readonly study: StudyItem; readonly from: HospitalKey; readonly to: HospitalKey }> {
  if (!grant.hospital)
    throw new Problem("forbidden", "A consult is asked by a hospital; yours is not known.");
  const { region, hospital } = grant.hospital;
  const [from, to] = [
    { region, hospital },
    { region, hospital: toHospital },
  ];
  if (toHospital === hospital) {
    throw new Problem(
      "invalid-request",
      "toHospital: a study is referred to another hospital than your own.",
    );
  }
  const [study, receiver] = await Promise.all([
    grant.table.get(keys.study({ ...from, studyUid })),
    grant.table.get(keys.hospital(to)),
  ]);
  if (!study) throw new Problem("not-found", "Your hospital holds no such study.");
  if (!receiver)
    throw new Problem("invalid-request", "toHospital: there is no such hospital in the network.");
  return { study: study as StudyItem, from, to };
}

function newConsult(
  grant: Grant,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt: number },
  study: StudyKey,
  request: ConsultRequest,
): ConsultItem {
  const { consultId, toHospital, priority, question } = request;
  return {
    ...keys.consult(consultId),
    type: "consult",
    ...study,
    consultId,
    toHospital,
    priority,
    ...(question !== undefined && { question }),
    status: "requested",
    createdBy: grant.caller.principal.id,
    createdAt: now.toISOString(),
    accessUntil: new Date(expiresAt * 1000).toISOString(),
  };
}

function worklistItem(
  consult: ConsultItem,
  study: StudyItem,
  to: HospitalKey,
): Omit<WorklistItem, "expiresAt"> & Key {
  const { region, hospital, studyUid, consultId, toHospital, priority, status, question, createdAt } =
    consult;
  const shown = summaryTags.filter((tag) => study.attributes[tag] !== undefined);
  const summary = Object.fromEntries(shown.map((tag) => [tag, study.attributes[tag]])) as DicomJson;
  return {
    ...keys.worklist(to, priority, consultId),
    type: "worklist",
    region,
    hospital,
    studyUid,
    consultId,
    toHospital,
    priority,
    status,
    ...(question !== undefined && { question }),
    createdAt,
    summary,
  };
}

function pointerItem(consult: ConsultItem, study: StudyKey): ConsultPointerItem {
  const { consultId, toHospital, priority, status } = consult;
  return {
    ...keys.consultPointer(study, toHospital, consultId),
    type: "consult-pointer",
    ...study,
    consultId,
    toHospital,
    priority,
    status,
  };
}

function accessItem(grantee: string, { consultId }: ConsultItem, study: StudyKey): StudyAccessItem {
  return {
    ...keys.studyAccess(grantee, study),
    type: "study-access",
    ...study,
    grantee,
    because: `consult-${consultId}`,
    permissions: ["view", "report"],
  };
}
