import type { Grant } from "../access/grant.ts";
import { type HospitalKey, keys, orderPartitions } from "../catalog/keys.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { OrderItem, OrderStatus } from "./items.ts";
import { hospitalOf, readStudiesOf } from "./load-order.ts";
import { serviceRequest } from "./to-fhir.ts";

const defaultPage = 50;

export interface OrderQuery {
  readonly status?: OrderStatus | undefined;
  readonly accession?: string | undefined;
  readonly patient?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/**
 * A page of orders, newest first: of one status (`active`: those without a study), or by accession number or patient id, of
 * every status or the one asked for. `cursor`: `next` of the page before. A page may hold fewer than `limit`.
 */
export async function listOrders(
  grant: Grant,
  query: OrderQuery,
  baseUrl: string,
): Promise<{ readonly orders: ServiceRequest[]; readonly next?: string }> {
  const hospital = hospitalOf(grant);
  const pk = partitionOf(hospital, query);
  const { cursor, limit = defaultPage, status } = query;
  const page = await grant.table.query({
    pk,
    descending: true,
    limit,
    ...(cursor !== undefined && { after: { pk, sk: decode(cursor) } }),
  });
  const found = (await grant.table.batchGet(
    page.items.map(({ orderId }) => keys.order(hospital, orderId as string)),
    { consistent: true },
  )) as readonly OrderItem[];
  const meant = found.filter((order) => status === undefined || order.status === status);
  const orders = await Promise.all(
    meant.map(async (order) =>
      serviceRequest(order, order.matched > 0 ? await readStudiesOf(grant.table, order) : [], baseUrl),
    ),
  );
  await grant.audit({ hospital, detail: `${orders.length} orders` });
  return { orders, ...(page.next && { next: encodePlace(page.next.sk) }) };
}

function partitionOf(hospital: HospitalKey, { accession, patient, status = "active" }: OrderQuery): string {
  if (accession !== undefined && patient !== undefined)
    throw new Problem("invalid-request", "Ask by accession or by patient, not by both.");
  if (accession !== undefined) return orderPartitions.accession(hospital, accession);
  if (patient !== undefined) return orderPartitions.patientId(hospital, patient);
  return orderPartitions.status(hospital, status);
}

const decode = (cursor: string): string =>
  decodePlace(cursor, /^(\d{8}#)?[0-9A-Z]{26}$/, "a list of orders")[0];
