/** An order as a line: for whom, what, when. */
import type { ComponentChildren } from "preact";
import { useApp } from "../app/context.ts";
import { filled } from "../upload/words.ts";
import type { OrderLine } from "./read-order.ts";
import { words } from "./words.ts";

interface Props {
  readonly order: OrderLine;
  /** What can be done with it. */
  readonly children?: ComponentChildren;
}

export function OrderRow({ order, children }: Props) {
  const t = words[useApp().language];
  const { patientName, patientId, gender, birthDate, accession, procedure, date, priority } = order;
  const who = [patientId, gender && t.sexes[gender], birthDate && filled(t.bornOn, { date: birthDate })];
  return (
    <li class="card-row" data-testid="order" data-order={order.orderId}>
      <div>
        <strong>{patientName}</strong> <span class="muted">{who.filter(Boolean).join(" · ")}</span>
        <p>
          {[procedure, date, accession].filter(Boolean).join(" · ")}{" "}
          {priority !== "routine" && <span class={`tag ${priority}`}>{t.priorities[priority]}</span>}
        </p>
      </div>
      {children}
    </li>
  );
}
