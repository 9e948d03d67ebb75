import type { Grant } from "../access/grant.ts";
import type { StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { linkWrites, unlinkWrites } from "./link-study.ts";
import { hospitalOf, loadOrder, untilUncontested, viewOrder } from "./load-order.ts";

export interface OrderAndStudy {
  readonly orderId: string;
  readonly studyUid: string;
  readonly baseUrl: string;
}

/** Somebody says what a study was made for. Saying it again changes nothing; a study of another order is refused. */
export async function matchStudy(
  grant: Grant,
  clock: Clock,
  { orderId, studyUid, baseUrl }: OrderAndStudy,
): Promise<ServiceRequest> {
  await untilUncontested(async () => {
    const [order, study] = await Promise.all([loadOrder(grant, orderId), loadStudy(grant, studyUid)]);
    if (study.orderId === orderId) return;
    if (study.orderId !== undefined)
      throw new Problem("conflict", "The study is another order's: take it from that one first.", {
        extensions: { orderId: study.orderId },
      });
    if (order.status === "revoked") throw new Problem("conflict", "The order is cancelled.");
    await grant.table.write([
      ...linkWrites({ study, order, by: "hand", at: clock.now().toISOString() }),
      ...grant.auditWrites({ hospital: hospitalOf(grant), orderId, studyUid }),
    ]);
  });
  return viewOrder(grant, orderId, baseUrl);
}

/** Takes a study from an order; it is listed as unmatched again, and no longer matched by itself. */
export async function unmatchStudy(
  grant: Grant,
  clock: Clock,
  { orderId, studyUid, baseUrl }: OrderAndStudy,
): Promise<ServiceRequest> {
  await untilUncontested(async () => {
    const [order, study] = await Promise.all([
      loadOrder(grant, orderId),
      loadMatched(grant, orderId, studyUid),
    ]);
    if (study.correctedIdentity)
      throw new Problem(
        "conflict",
        "The study is shown under the order's patient: restore its identity first.",
      );
    await grant.table.write([
      ...unlinkWrites({ study, order, at: clock.now().toISOString() }),
      ...grant.auditWrites({ hospital: hospitalOf(grant), orderId, studyUid }),
    ]);
  });
  return viewOrder(grant, orderId, baseUrl);
}

/** Throws Problem("not-found"). */
export async function loadStudy(grant: Grant, studyUid: string): Promise<StudyItem> {
  const study = await grant.table.get(keys.study({ ...hospitalOf(grant), studyUid }), { consistent: true });
  if (!study) throw new Problem("not-found", "Your hospital holds no such study.");
  return study as StudyItem;
}

/** Throws Problem("not-found") also where the study is not this order's. */
export async function loadMatched(grant: Grant, orderId: string, studyUid: string): Promise<StudyItem> {
  const study = await loadStudy(grant, studyUid);
  if (study.orderId !== orderId) throw new Problem("not-found", "The study is not matched to this order.");
  return study;
}
