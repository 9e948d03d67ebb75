/** Orders: FHIR ServiceRequest in and out, and which studies they were matched to. */
import { orderSchemas } from "../../shared/contract/schemas/order.ts";
import { correctIdentity, restoreIdentity } from "../../shared/order/correct-identity.ts";
import { createOrder } from "../../shared/order/create-order.ts";
import { getOrder } from "../../shared/order/get-order.ts";
import { listOrders } from "../../shared/order/list-orders.ts";
import { listUnmatchedStudies } from "../../shared/order/list-unmatched.ts";
import { matchStudy, unmatchStudy } from "../../shared/order/match-by-hand.ts";
import { updateOrder } from "../../shared/order/update-order.ts";
import type { Clock } from "../../shared/ports.ts";
import type { Kernel } from "../http/kernel.ts";
import { api, type Reply } from "../http.ts";
import { stores } from "../stores.ts";

type ServiceRequest = Awaited<ReturnType<typeof getOrder>>;

/** R4 §3.1.0.1: the version is the ETag, a weak one. */
const fhir = (body: ServiceRequest, status = 200, headers = {}): Reply => ({
  status,
  headers: { ...headers, "Content-Type": "application/fhir+json", ETag: `W/"${body.meta.versionId}"` },
  body,
});

export const orderApi = (clock: () => Clock, kernel?: () => Kernel) =>
  api(
    "order",
    {
      schemas: orderSchemas,
      handlers: {
        createOrder: async ({ grant, body, id, baseUrl }) => {
          const order = await createOrder(grant, clock(), { orderId: id, request: body, baseUrl });
          return fhir(order, 201, { Location: `${baseUrl}/v1/orders/${id}` });
        },
        listOrders: async ({ grant, query, baseUrl }) => ({
          status: 200,
          body: await listOrders(grant, query, baseUrl),
        }),
        listUnmatchedStudies: async ({ grant, query }) => ({
          status: 200,
          body: await listUnmatchedStudies(grant, query),
        }),
        getOrder: async ({ grant, params, baseUrl }) => fhir(await getOrder(grant, params.orderId, baseUrl)),
        getServiceRequest: async ({ grant, params, baseUrl }) =>
          fhir(await getOrder(grant, params.orderId, baseUrl)),
        updateOrder: async ({ grant, params, body, headers, baseUrl }) => {
          const ifMatch = headers.get("if-match") ?? undefined;
          return fhir(await updateOrder(grant, clock(), { ...params, request: body, ifMatch, baseUrl }));
        },
        matchStudy: async ({ grant, params, body, baseUrl }) =>
          fhir(await matchStudy(grant, clock(), { ...params, ...body, baseUrl })),
        unmatchStudy: async ({ grant, params, baseUrl }) =>
          fhir(await unmatchStudy(grant, clock(), { ...params, baseUrl })),
        correctIdentity: async ({ grant, params, baseUrl }) =>
          fhir(await correctIdentity(grant, clock(), { ...params, baseUrl })),
        restoreIdentity: async ({ grant, params, baseUrl }) =>
          fhir(await restoreIdentity(grant, clock(), { ...params, baseUrl })),
      },
    },
    kernel,
  );

export const handler = orderApi(() => stores().clock);
