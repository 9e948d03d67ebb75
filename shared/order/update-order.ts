import type { Grant } from "../access/grant.ts";
import type { OrderRequest, ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { dayOf, orderFrom } from "./from-fhir.ts";
import type { OrderContent, OrderItem, OrderStatus } from "./items.ts";
import { hospitalOf, loadOrder, readStudiesOf, untilUncontested, viewOrder } from "./load-order.ts";
import { changeWrites } from "./order-writes.ts";

export interface OrderUpdate {
  readonly orderId: string;
  readonly request: OrderRequest;
  /** The version read, as an ETag; without it the last writer wins, as information systems expect. */
  readonly ifMatch: string | undefined;
  readonly baseUrl: string;
}

/**
 * Replaces what an order says, or cancels it. Its studies are compared again by the table's stream. Throws
 * Problem("conflict") where it has studies that the change would contradict.
 */
export async function updateOrder(grant: Grant, clock: Clock, update: OrderUpdate): Promise<ServiceRequest> {
  const { orderId, request, baseUrl } = update;
  if (request.id !== undefined && request.id !== orderId)
    throw new Problem("invalid-request", "id: is not the order's in the path.", {
      extensions: { errors: [{ pointer: "body/id", detail: "must be the id in the path" }] },
    });
  const now = clock.now();
  await untilUncontested(async () => {
    const order = await loadOrder(grant, orderId);
    requireVersion(order, update.ifMatch);
    const content = {
      ...orderFrom(request, now),
      authoredOn: request.authoredOn ?? order.content.authoredOn,
    };
    await refuseContradiction(grant, order, content, request.status);
    await grant.table.write([
      ...changeWrites(order, {
        status: statusOf(order, request.status),
        content,
        day: dayOf(content),
        updatedAt: now.toISOString(),
      }),
      ...grant.auditWrites({ hospital: hospitalOf(grant), orderId, detail: `status ${request.status}` }),
    ]);
  });
  return viewOrder(grant, orderId, baseUrl);
}

/** Whether it is active or completed follows from its studies; a sender decides only whether it is cancelled. */
const statusOf = ({ matched }: OrderItem, asked: OrderStatus): OrderStatus => {
  if (asked === "revoked") return "revoked";
  return matched > 0 ? "completed" : "active";
};

async function refuseContradiction(
  grant: Grant,
  order: OrderItem,
  content: OrderContent,
  status: OrderStatus,
): Promise<void> {
  if (order.matched === 0) return;
  if (status === "revoked")
    throw new Problem("conflict", "The order has studies: take them from it first, then cancel it.");
  if (samePatient(order.content, content)) return;
  const shown = (await readStudiesOf(grant.table, order)).some(({ identity }) => identity === "order");
  if (shown)
    throw new Problem("conflict", "A study is shown under this order's patient: restore its identity first.");
}

const samePatient = (one: OrderContent, other: OrderContent): boolean =>
  JSON.stringify(one.patient) === JSON.stringify(other.patient);

/** RFC 9110 §13.1.1; FHIR R4 sends `W/"1"`. */
function requireVersion({ version }: OrderItem, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const tags = ifMatch.split(",").map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, "$1"));
  if (tags.includes(String(version))) return;
  throw new Problem("precondition-failed", "Somebody changed this order since you read it. Read it again.");
}
