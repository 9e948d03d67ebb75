import type { Grant } from "../access/grant.ts";
import { keys, orderPartitions } from "../catalog/keys.ts";
import { putOnce } from "../catalog/put-once.ts";
import type { OrderRequest, ServiceRequest } from "../contract/schemas/order.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { dayOf, orderFrom } from "./from-fhir.ts";
import type { OrderItem, OrderUseItem } from "./items.ts";
import { hospitalOf, viewOrder } from "./load-order.ts";
import { pointersOf } from "./order-writes.ts";

export interface OrderToCreate {
  readonly orderId: string;
  readonly request: OrderRequest;
  readonly baseUrl: string;
}

/**
 * Places an order. What it is matched with follows from the table's stream, so that no request that dies leaves an order
 * unmatched. A repetition under the same `orderId` answers what the first one made.
 */
export async function createOrder(
  grant: Grant,
  clock: Clock,
  { orderId, request, baseUrl }: OrderToCreate,
): Promise<ServiceRequest> {
  if (request.status !== "active")
    throw new Problem("invalid-request", "status: an order begins as active.", {
      extensions: { errors: [{ pointer: "body/status", detail: "must be active" }] },
    });
  const { region, hospital } = hospitalOf(grant);
  const now = clock.now();
  const at = now.toISOString();
  const content = orderFrom(request, now);
  const order: OrderItem = {
    ...keys.order({ region, hospital }, orderId),
    type: "order",
    region,
    hospital,
    orderId,
    version: 1,
    status: "active",
    content,
    matched: 0,
    day: dayOf(content),
    createdBy: grant.caller.principal.id,
    createdAt: at,
    updatedAt: at,
  };
  await refuseSecond(grant, order);
  const use: OrderUseItem = { ...keys.orderUse(order), type: "order-use", region, hospital, at };
  try {
    await grant.table.write([
      putOnce(order),
      ...pointersOf(order).map(putOnce),
      { op: "put", item: use },
      ...grant.auditWrites({ hospital: { region, hospital }, orderId }),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
  return viewOrder(grant, orderId, baseUrl);
}

/**
 * A hospital's system sends an order again when it missed the answer, under whatever key. Two orders of one accession number
 * would leave their study to be matched by hand.
 */
async function refuseSecond(grant: Grant, { orderId, region, hospital, content }: OrderItem): Promise<void> {
  if (content.accession === undefined) return;
  const pk = orderPartitions.accession({ region, hospital }, content.accession);
  const { items } = await grant.table.query({ pk, limit: 50, consistent: true });
  const others = items.filter((item) => item.orderId !== orderId);
  const orders = await grant.table.batchGet(
    others.map((item) => keys.order({ region, hospital }, item.orderId as string)),
    { consistent: true },
  );
  const same = (orders as readonly OrderItem[]).find(
    (order) => order.status !== "revoked" && order.content.patient.id === content.patient.id,
  );
  if (same === undefined) return;
  throw new Problem(
    "conflict",
    "This patient has an order of this accession number: change that one with PUT, or cancel it first.",
    { extensions: { orderId: same.orderId } },
  );
}
