/** A study and its order, changed together by a person: read, decided about, written on condition that both are as read. */
import type { Grant } from "../access/grant.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { Clock, Write } from "../ports.ts";
import type { OrderItem } from "./items.ts";
import { hospitalOf, loadOrder, untilUncontested, viewOrder } from "./load-order.ts";

export interface OrderAndStudy {
  readonly orderId: string;
  readonly studyUid: string;
  readonly baseUrl: string;
}

interface Change {
  /** None where nothing is to be changed. `at`: UTC, ISO-8601. */
  readonly writes: (order: OrderItem, study: StudyItem, at: string) => readonly Write[];
  /** For the audit record. */
  readonly detail?: string;
  /** `any`: the study need not be the order's yet. */
  readonly study?: "matched" | "any";
}

/** Answers the order as it stands then. Throws Problem("not-found"), or ConditionFailed where others are quicker every time. */
export async function changeMatched(
  grant: Grant,
  clock: Clock,
  { orderId, studyUid, baseUrl }: OrderAndStudy,
  { writes, detail, study: which = "matched" }: Change,
): Promise<ServiceRequest> {
  const load = which === "matched" ? loadMatched(grant, orderId) : (uid: string) => loadStudy(grant, uid);
  await untilUncontested(async () => {
    const [order, study] = await Promise.all([loadOrder(grant, orderId), load(studyUid)]);
    const changes = writes(order, study, clock.now().toISOString());
    if (changes.length === 0) return;
    const audited = {
      hospital: hospitalOf(grant),
      orderId,
      studyUid,
      ...(detail !== undefined && { detail }),
    };
    await grant.table.write([...changes, ...grant.auditWrites(audited)]);
  });
  return viewOrder(grant, orderId, baseUrl);
}

async function loadStudy(grant: Grant, studyUid: string): Promise<StudyItem> {
  const study = await grant.table.get(keys.study({ ...hospitalOf(grant), studyUid }), { consistent: true });
  if (!study) throw new Problem("not-found", "Your hospital holds no such study.");
  return study as StudyItem;
}

const loadMatched =
  (grant: Grant, orderId: string) =>
  async (studyUid: string): Promise<StudyItem> => {
    const study = await loadStudy(grant, studyUid);
    if (study.orderId === orderId) return study;
    throw new Problem("not-found", "The study is not matched to this order.");
  };
