import { type HospitalKey, keys, prefixes, type StudyKey, studyPartition } from "../catalog/keys.ts";
import type { Table, Write } from "../ports.ts";
import type { ConsultPointerItem, WorklistItem } from "./items.ts";

/** Four writes each, and a transaction holds 100. */
const mostAtOnce = 20;

/**
 * The writes by which a signature of `hospital` answers every open consult it was sent about the study. They belong into
 * the signature's own transaction.
 */
export async function answerWrites(
  table: Table,
  study: StudyKey,
  hospital: string,
  answeredAt: string,
): Promise<readonly Write[]> {
  const page = await table.query({
    pk: studyPartition(study),
    prefix: prefixes.consults(hospital),
    consistent: true,
  });
  const open = (page.items as readonly ConsultPointerItem[])
    .filter((pointer) => pointer.status === "requested")
    .slice(0, mostAtOnce);
  const to = { region: study.region, hospital };
  const listed = (await table.batchGet(
    open.map((pointer) => keys.worklist(to, pointer.priority, pointer.consultId)),
    { consistent: true },
  )) as readonly WorklistItem[];
  return [
    ...open.flatMap((pointer) => answered(pointer, study, answeredAt)),
    ...listed.flatMap((item) => moved(item, to, answeredAt)),
  ];
}

function answered({ consultId, toHospital }: ConsultPointerItem, study: StudyKey, at: string): Write[] {
  const set = { status: "answered", answeredAt: at };
  return [
    { op: "update", key: keys.consult(consultId), set },
    { op: "update", key: keys.consultPointer(study, toHospital, consultId), set },
  ];
}

function moved(item: WorklistItem, to: HospitalKey, at: string): Write[] {
  const done = { ...item, ...keys.worklistDone(to, item.consultId), status: "answered", answeredAt: at };
  return [
    { op: "delete", key: keys.worklist(to, item.priority, item.consultId) },
    { op: "put", item: done },
  ];
}
