/** `#orders`: studies that wait for an order, and orders that wait for a study. */
import { useState } from "preact/hooks";
import { useApp } from "../app/context.ts";
import { OrderList } from "./order-list.tsx";
import { UnmatchedStudies } from "./unmatched-studies.tsx";
import { words } from "./words.ts";

export function OrdersPage() {
  const t = words[useApp().language];
  /** Matching changes both lists. */
  const [matched, setMatched] = useState(0);
  const changed = (): void => setMatched((count) => count + 1);
  return (
    <>
      <h1>{t.title}</h1>
      <UnmatchedStudies changes={matched} changed={changed} />
      <OrderList changes={matched} changed={changed} />
    </>
  );
}
