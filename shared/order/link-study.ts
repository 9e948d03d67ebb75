/** A study and its order, tied and untied in one transaction. */
import type { MatchedBy, StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { Condition, Write } from "../ports.ts";
import type { OrderItem, OrderStudyItem } from "./items.ts";
import { changeWrites } from "./order-writes.ts";

export interface Link {
  readonly study: StudyItem;
  readonly order: OrderItem;
  readonly by: MatchedBy;
  /** UTC, ISO-8601. */
  readonly at: string;
}

/** Holds only while the study has no order and the order is as read. */
export function linkWrites({ study, order, by, at }: Link): readonly Write[] {
  const { region, hospital, studyUid } = study;
  const { orderId } = order;
  const free: readonly Condition[] = [
    { attribute: "pk", is: "present" },
    { attribute: "orderId", is: "absent" },
    ...(by === "hand" ? [] : [{ attribute: "matchByHandOnly", is: "absent" } as const]),
  ];
  const link: OrderStudyItem = {
    ...keys.orderStudy(study, orderId),
    type: "order-study",
    region,
    hospital,
    studyUid,
    orderId,
    by,
    at,
  };
  return [
    { op: "update", key: keys.study(study), set: { orderId, orderBy: by, orderAt: at }, when: [free] },
    { op: "put", item: link, when: [[{ attribute: "pk", is: "absent" }]] },
    ...changeWrites(order, { status: "completed", matched: order.matched + 1, updatedAt: at }),
    { op: "delete", key: keys.unmatchedStudy(study, study.createdAt) },
  ];
}

/** Holds only while the study is the order's, under its own identity, and the order is as read. From then on people decide. */
export function unlinkWrites({ study, order, at }: Omit<Link, "by">): readonly Write[] {
  const { orderId } = order;
  const matched = order.matched - 1;
  return [
    {
      op: "update",
      key: keys.study(study),
      set: { matchByHandOnly: true },
      remove: ["orderId", "orderBy", "orderAt"],
      when: [
        [
          { attribute: "orderId", is: "=", value: orderId },
          { attribute: "correctedIdentity", is: "absent" },
        ],
      ],
    },
    { op: "delete", key: keys.orderStudy(study, orderId), when: [[{ attribute: "pk", is: "present" }]] },
    ...changeWrites(order, { status: matched > 0 ? "completed" : "active", matched, updatedAt: at }),
  ];
}
