import type { Grant } from "../access/grant.ts";
import { type HospitalKey, keys, orderPartition, prefixes } from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { ConditionFailed, Problem } from "../errors.ts";
import type { Item, Table } from "../ports.ts";
import type { OrderItem, OrderStudyItem } from "./items.ts";
import { serviceRequest } from "./to-fhir.ts";

/** Whose orders a request is about. Throws Problem when the route was not narrowed to a hospital. */
export function hospitalOf({ hospital }: Grant): HospitalKey {
  if (!hospital) throw new Problem("invalid-request", "Name the hospital with ?hospital=.");
  return hospital;
}

export async function readOrder(
  table: Table,
  hospital: HospitalKey,
  orderId: string,
): Promise<OrderItem | undefined> {
  return (await table.get(keys.order(hospital, orderId), { consistent: true })) as OrderItem | undefined;
}

/** Throws Problem("not-found"). */
export async function loadOrder(grant: Grant, orderId: string): Promise<OrderItem> {
  const order = await readOrder(grant.table, hospitalOf(grant), orderId);
  if (!order) throw new Problem("not-found", "There is no such order.");
  return order;
}

/** A handful: an order is for one examination. */
export async function readStudiesOf(
  table: Table,
  { region, hospital, orderId }: Pick<OrderItem, "region" | "hospital" | "orderId">,
): Promise<readonly OrderStudyItem[]> {
  const pk = orderPartition({ region, hospital }, orderId);
  const items = await queryAll(table, { pk, prefix: prefixes.orderStudies, consistent: true });
  return items as readonly Item[] as readonly OrderStudyItem[];
}

/** The order as it stands now. */
export async function viewOrder(grant: Grant, orderId: string, baseUrl: string): Promise<ServiceRequest> {
  const order = await loadOrder(grant, orderId);
  return serviceRequest(order, await readStudiesOf(grant.table, order), baseUrl);
}

const attempts = 5;

/** Reads, decides and writes again when somebody else was quicker. Throws ConditionFailed when somebody was five times. */
export async function untilUncontested<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConditionFailed) || tries === attempts) throw error;
    }
  }
}
