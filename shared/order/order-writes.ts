/** How orders are written: the order itself, and the items it is found by. */
import { type HospitalKey, keys, orderPartitions } from "../catalog/keys.ts";
import type { Item, Key, Write } from "../ports.ts";
import type { OrderContent, OrderItem, OrderStatus } from "./items.ts";

type Found = Pick<OrderItem, "region" | "hospital" | "orderId" | "status" | "day" | "content">;

/** Where an order is found: by status, patient and, where it has one, accession number. */
export function pointersOf({ region, hospital, orderId, status, day, content }: Found): readonly Item[] {
  const owner: HospitalKey = { region, hospital };
  const { accession, patient } = content;
  const places: readonly Key[] = [
    { pk: orderPartitions.status(owner, status), sk: orderId },
    { pk: orderPartitions.patientId(owner, patient.id), sk: `${day}#${orderId}` },
    ...(accession === undefined ? [] : [{ pk: orderPartitions.accession(owner, accession), sk: orderId }]),
  ];
  return places.map((place) => ({ ...place, type: "order-pointer", ...owner, orderId }));
}

export interface OrderChange {
  readonly status: OrderStatus;
  readonly content?: OrderContent;
  readonly day?: string;
  readonly matched?: number;
  readonly updatedAt: string;
}

/** A change of an order as read: it holds only while nobody else changed the order. */
export function changeWrites(order: OrderItem, change: OrderChange): readonly Write[] {
  const before = pointersOf(order);
  const after = pointersOf({ ...order, ...change });
  const there = new Set(before.map(placeOf));
  const stays = new Set(after.map(placeOf));
  return [
    {
      op: "update",
      key: keys.order(order, order.orderId),
      set: { ...change },
      add: { version: 1 },
      when: [[{ attribute: "version", is: "=", value: order.version }]],
    },
    ...before
      .filter((item) => !stays.has(placeOf(item)))
      .map(({ pk, sk }): Write => ({ op: "delete", key: { pk, sk } })),
    ...after.filter((item) => !there.has(placeOf(item))).map((item): Write => ({ op: "put", item })),
  ];
}

const placeOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
