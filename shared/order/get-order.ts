import type { Grant } from "../access/grant.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { hospitalOf, viewOrder } from "./load-order.ts";

/** Throws Problem("not-found"). */
export async function getOrder(grant: Grant, orderId: string, baseUrl: string): Promise<ServiceRequest> {
  const order = await viewOrder(grant, orderId, baseUrl);
  await grant.audit({ hospital: hospitalOf(grant), orderId });
  return order;
}
