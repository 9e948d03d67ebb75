/** Which order a study was made for. */
import type { MatchedBy, StudyItem } from "../catalog/items.ts";
import { type HospitalKey, keys, orderPartitions } from "../catalog/keys.ts";
import type { Table } from "../ports.ts";
import type { OrderItem } from "./items.ts";
import { dayFrom } from "./limits.ts";
import { sourceStudyUid } from "./source-uids.ts";
import { isImaging, type StudyFacts } from "./study-facts.ts";

export type Match =
  | { readonly order: OrderItem; readonly by: Exclude<MatchedBy, "hand"> }
  /** None, or several that nothing tells apart. */
  | { readonly candidates: readonly OrderItem[] };

/** A patient rarely has more orders within days; the rest of a hostile list is left unread. */
const mostCandidates = 50;

/**
 * The order with the study's accession number; without one, the only order of the patient within `windowDays` and for its
 * modality. Several are never chosen among: a wrong match is worse than none.
 */
export async function findOrder(
  table: Table,
  study: StudyItem,
  facts: StudyFacts,
  windowDays: number,
): Promise<Match> {
  const owner: HospitalKey = { region: study.region, hospital: study.hospital };
  const numbered = await byAccession(table, owner, facts);
  const chosen = onlyOne(numbered.filter((order) => isPatient(order, facts))) ?? onlyOne(numbered);
  if (chosen) return { order: chosen, by: "accession" };
  if (numbered.length > 1) return { candidates: numbered };
  const ofPatient = await byPatient(table, owner, facts, windowDays);
  const source = ofPatient.find(({ orderId }) => sourceStudyUid(owner, orderId) === study.studyUid);
  if (source) return { order: source, by: "source" };
  return amongPatients(ofPatient, facts);
}

function amongPatients(orders: readonly OrderItem[], facts: StudyFacts): Match {
  const modalities = facts.series.flatMap(({ modality }) => modality ?? []).filter(isImaging);
  // Before the first series is there, nothing tells a chest film from the head CT of the same day.
  if (modalities.length === 0) return { candidates: orders };
  const fitting = orders.filter(
    ({ content }) => content.modality === undefined || modalities.includes(content.modality),
  );
  const open = fitting.filter(({ status }) => status === "active");
  const order = onlyOne(open.length > 0 ? open : fitting);
  // Both have a number, and not the same: perhaps the right order has not been entered yet.
  const numbersDiffer = facts.accession !== undefined && order?.content.accession !== undefined;
  if (order && !numbersDiffer) return { order, by: "patient" };
  return { candidates: fitting };
}

async function byAccession(
  table: Table,
  owner: HospitalKey,
  { accession }: StudyFacts,
): Promise<readonly OrderItem[]> {
  if (accession === undefined) return [];
  return readOrders(table, owner, { pk: orderPartitions.accession(owner, accession) });
}

async function byPatient(
  table: Table,
  owner: HospitalKey,
  facts: StudyFacts,
  windowDays: number,
): Promise<readonly OrderItem[]> {
  const { patientId, studyDate } = facts;
  const first = studyDate && dayFrom(studyDate, -windowDays);
  const last = studyDate && dayFrom(studyDate, windowDays);
  if (patientId === undefined || !first || !last) return [];
  const between = [`${first}#`, `${last}#~`] as const;
  const pk = orderPartitions.patientId(owner, patientId);
  const orders = await readOrders(table, owner, { pk, between });
  return orders.filter((order) => isPatient(order, facts));
}

async function readOrders(
  table: Table,
  owner: HospitalKey,
  where: { readonly pk: string; readonly between?: readonly [string, string] },
): Promise<readonly OrderItem[]> {
  const { items } = await table.query({ ...where, limit: mostCandidates, consistent: true });
  const wanted = items.map(({ orderId }) => keys.order(owner, orderId as string));
  const orders = (await table.batchGet(wanted, { consistent: true })) as readonly OrderItem[];
  return orders.filter(({ status }) => status !== "revoked");
}

/** Ids of different issuers are different ids, where both say who issued them and in the same way. */
export function isPatient({ content }: OrderItem, { patientId, issuer }: StudyFacts): boolean {
  const { id, system } = content.patient;
  if (patientId !== id) return false;
  return issuer === undefined || system === undefined || !isPlainIssuer(system) || issuer === system;
}

/** A URI never stands in Issuer of Patient ID, a word may. */
const isPlainIssuer = (system: string): boolean => !system.includes(":");

const onlyOne = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);
