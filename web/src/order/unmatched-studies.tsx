/** Studies for which no order, or more than one, was found; matched by hand with one. */
import { useState } from "preact/hooks";
import type { UnmatchedStudies as Reply, ServiceRequest } from "../../../shared/contract/schemas/order.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading, useLoaded } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { useAct } from "../app/use-act.ts";
import { usePages } from "../app/use-pages.ts";
import { formatInstant } from "../language.ts";
import { attributeText, dateText } from "../study/attributes.ts";
import { filled } from "../upload/words.ts";
import { FindOrder } from "./find-order.tsx";
import { OrderRow } from "./order-row.tsx";
import { readOrder } from "./read-order.ts";
import { words } from "./words.ts";

interface Props {
  readonly changes: number;
  readonly changed: () => void;
}
type Study = Reply["studies"][number];

export function UnmatchedStudies({ changes, changed }: Props) {
  const { api, language } = useApp();
  const t = words[language];
  const { pages, error, again, more } = usePages<Reply>(
    (cursor, signal) => {
      const query = new URLSearchParams({ limit: "50", ...(cursor && { cursor }) });
      return api.get(`/v1/orders/unmatched-studies?${query}`, signal);
    },
    [api, changes],
  );
  const studies = pages?.flatMap((page) => page.studies);
  return (
    <section aria-label={t.unmatched}>
      <h2>{t.unmatched}</h2>
      <p class="muted">{t.unmatchedHint}</p>
      {error !== undefined && <Failure {...{ error, again, language }} />}
      {studies === undefined && error === undefined && <Loading language={language} />}
      {studies?.length === 0 && <p class="empty">{t.noUnmatched}</p>}
      <ul class="cards" data-testid="unmatched">
        {studies?.map((study) => (
          <StudyCard key={study.studyUid} study={study} changed={changed} />
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

function StudyCard({ study, changed }: { readonly study: Study; readonly changed: () => void }) {
  const { language } = useApp();
  const t = words[language];
  const { studyUid, attributes, modalities, seenAt } = study;
  const [open, setOpen] = useState(false);
  const text = (tag: string): string => attributeText(attributes, tag);
  const sex = text("00100040");
  const who = [
    text("00100020"),
    sex in t.sexes ? t.sexes[sex as keyof typeof t.sexes] : sex,
    text("00100030") && filled(t.bornOn, { date: dateText(text("00100030")) }),
  ];
  const what = [modalities.join(", "), text("00081030"), dateText(text("00080020")), text("00080050")];
  return (
    <li class="study-card" data-study={studyUid}>
      <div class="row">
        <strong>{text("00100010")}</strong>
        <span class="muted">{who.filter(Boolean).join(" · ")}</span>
        <a href={addressOf("study", studyUid)}>{t.openStudy}</a>
      </div>
      <p>
        {what.filter(Boolean).join(" · ")}{" "}
        <span class="muted">{filled(t.seenAt, { at: formatInstant(seenAt, language) })}</span>
      </p>
      {open ? (
        <Match study={study} changed={changed} />
      ) : (
        <p>
          <button type="button" class="second" onClick={() => setOpen(true)}>
            {t.matchWith}
          </button>
        </p>
      )}
    </li>
  );
}

function Match({ study, changed }: { readonly study: Study; readonly changed: () => void }) {
  const { api, language } = useApp();
  const t = words[language];
  const { studyUid, candidates } = study;
  const { busy, error, act } = useAct(changed);
  const found = useLoaded<readonly ServiceRequest[]>(
    (signal) => Promise.all(candidates.map((id) => api.get<ServiceRequest>(`/v1/orders/${id}`, signal))),
    [api, studyUid],
  );
  const match = (orderId: string): void => act(() => api.post(`/v1/orders/${orderId}/studies`, { studyUid }));
  const button = (orderId: string) => (
    <button type="button" disabled={busy} onClick={() => match(orderId)}>
      {t.match}
    </button>
  );
  return (
    <div class="match">
      {error !== undefined && <Failure error={error} language={language} />}
      {found.error !== undefined && <Failure error={found.error} again={found.again} language={language} />}
      <h3>{candidates.length > 0 ? t.candidates : t.noCandidates}</h3>
      <ul class="cards">
        {found.value?.map(readOrder).map((order) => (
          <OrderRow key={order.orderId} order={order}>
            {button(order.orderId)}
          </OrderRow>
        ))}
      </ul>
      <FindOrder button={button} />
    </div>
  );
}
