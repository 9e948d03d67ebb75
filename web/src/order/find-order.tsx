/** Orders by accession number or patient id. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type * as z from "zod/mini";
import type { orderSchemas } from "../../../shared/contract/schemas/order.ts";
import { useApp } from "../app/context.ts";
import { Failure } from "../app/loaded.tsx";
import { useAct } from "../app/use-act.ts";
import { OrderRow } from "./order-row.tsx";
import { type OrderLine, readOrder } from "./read-order.ts";
import { words } from "./words.ts";

type Reply = z.infer<typeof orderSchemas.listOrders.reply>;

const nothing = (): void => undefined;

export function FindOrder({ button }: { readonly button: (orderId: string) => ComponentChildren }) {
  const { api, language } = useApp();
  const t = words[language];
  const [by, setBy] = useState<"accession" | "patient">("accession");
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState<readonly OrderLine[]>();
  const { busy, error, act } = useAct(nothing);
  const search = async (): Promise<void> => {
    const query = new URLSearchParams({ [by]: wanted.trim(), limit: "20" });
    const { orders } = await api.get<Reply>(`/v1/orders?${query}`);
    setFound(orders.map(readOrder));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act(search);
      }}
    >
      <div class="row find">
        <select
          aria-label={t.find}
          value={by}
          onChange={({ currentTarget }) => setBy(currentTarget.value as typeof by)}
        >
          <option value="accession">{t.accession}</option>
          <option value="patient">{t.patientId}</option>
        </select>
        <input
          type="search"
          aria-label={by === "accession" ? t.accession : t.patientId}
          required
          maxLength={64}
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <button type="submit" class="second" disabled={busy}>
          {t.search}
        </button>
      </div>
      {error !== undefined && <Failure error={error} language={language} />}
      {found?.length === 0 && <p class="muted">{t.noneFound}</p>}
      <ul class="cards">
        {found?.map((order) => (
          <OrderRow key={order.orderId} order={order}>
            {button(order.orderId)}
          </OrderRow>
        ))}
      </ul>
    </form>
  );
}
