/** Orders of the hospital by status; what was matched with each, and undoing it. */
import { useState } from "preact/hooks";
import type * as z from "zod/mini";
import type { orderSchemas, ServiceRequest } from "../../../shared/contract/schemas/order.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { useAct } from "../app/use-act.ts";
import { usePages } from "../app/use-pages.ts";
import { OrderRow } from "./order-row.tsx";
import { type OrderLine, readOrder } from "./read-order.ts";
import { words } from "./words.ts";

type Reply = z.infer<typeof orderSchemas.listOrders.reply>;
type Status = ServiceRequest["status"];
const statuses: readonly Status[] = ["active", "completed", "revoked"];

interface Props {
  readonly changes: number;
  readonly changed: () => void;
}

export function OrderList({ changes, changed }: Props) {
  const { api, language } = useApp();
  const t = words[language];
  const [status, setStatus] = useState<Status>("active");
  const { pages, error, again, more } = usePages<Reply>(
    (cursor, signal) => {
      const query = new URLSearchParams({ status, limit: "50", ...(cursor && { cursor }) });
      return api.get(`/v1/orders?${query}`, signal);
    },
    [api, status, changes],
  );
  const orders = pages?.flatMap((page) => page.orders.map(readOrder));
  return (
    <section aria-label={t.orders}>
      <h2>{t.orders}</h2>
      <label class="field">
        <span>{t.status}</span>
        <select value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value as Status)}>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {t.statuses[one]}
            </option>
          ))}
        </select>
      </label>
      {error !== undefined && <Failure {...{ error, again, language }} />}
      {orders === undefined && error === undefined && <Loading language={language} />}
      {orders?.length === 0 && <p class="empty">{t.noOrders}</p>}
      <ul class="cards spaced" data-testid="orders">
        {orders?.map((order) => (
          <OrderRow key={order.orderId} order={order}>
            <Studies order={order} changed={changed} />
          </OrderRow>
        ))}
      </ul>
      {more && (
        <button type="button" class="second" onClick={more}>
          {t.more}
        </button>
      )}
    </section>
  );
}

function Studies({ order, changed }: { readonly order: OrderLine; readonly changed: () => void }) {
  const { api, me, language } = useApp();
  const t = words[language];
  const { busy, error, act } = useAct(changed);
  const mayCorrect = me.roles.includes("hospital-admin");
  const { orderId, studies } = order;
  if (studies.length === 0) return null;
  return (
    <div class="row">
      {error !== undefined && <Failure error={error} language={language} />}
      {studies.map(({ studyUid, corrected }) => {
        const study = `/v1/orders/${orderId}/studies/${studyUid}`;
        const identity = (): Promise<unknown> =>
          corrected ? api.send("DELETE", `${study}/identity`) : api.post(`${study}/identity`);
        return (
          <div key={studyUid} class="row">
            <a href={addressOf("study", studyUid)}>{t.openStudy}</a>
            {mayCorrect && (
              <button
                type="button"
                class="second"
                title={t.identityHint}
                disabled={busy}
                onClick={() => act(identity)}
              >
                {corrected ? t.restoreIdentity : t.correctIdentity}
              </button>
            )}
            {!corrected && (
              <button
                type="button"
                class="second"
                disabled={busy}
                onClick={() => act(() => api.send("DELETE", study))}
              >
                {t.unmatch}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}
