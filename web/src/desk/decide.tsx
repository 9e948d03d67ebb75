/** What can be done about a quarantined file: try again, correct, give up. */
import { useRef, useState } from "preact/hooks";
import type { CorrectRequest, Inspected } from "../../../shared/contract/schemas/ingest.ts";
import { useApp } from "../app/context.ts";
import { Failure } from "../app/loaded.tsx";
import { useAct } from "../app/use-act.ts";
import { words as frame } from "../app/words.ts";
import { FindOrder } from "../order/find-order.tsx";
import { CorrectForm } from "./correct-form.tsx";
import { words } from "./words.ts";

interface Props {
  readonly path: string;
  readonly file: Inspected;
  readonly decided: () => void;
}

export function Decide({ path, file, decided }: Props) {
  const { api, me, language } = useApp();
  const t = words[language];
  const { busy, error, act } = useAct(decided);
  if (file.state !== "quarantined" || file.discarded || file.actions.length === 0) return null;
  const admin = me.roles.includes("hospital-admin");
  const may = (action: Inspected["actions"][number]): boolean =>
    file.actions.includes(action) && (admin || action === "release");
  const correct = (body: CorrectRequest): void => act(() => api.post(`${path}/correct`, body));
  return (
    <section aria-label={t.whatToDo} data-testid="decide">
      <h2>{t.whatToDo}</h2>
      {error !== undefined && <Failure error={error} language={language} />}
      {may("release") && (
        <Release file={file} busy={busy} release={(body) => act(() => api.post(`${path}/release`, body))} />
      )}
      {may("correct") && <CorrectForm file={file} busy={busy} correct={correct} />}
      {may("discard") && (
        <Discard busy={busy} discard={(reason) => act(() => api.post(`${path}/discard`, { reason }))} />
      )}
      {!admin && file.actions.some((action) => action !== "release") && <p class="muted">{t.onlyAdmin}</p>}
    </section>
  );
}

interface ReleaseProps {
  readonly file: Inspected;
  readonly busy: boolean;
  readonly release: (body?: { readonly orderId: string }) => void;
}

/** A photograph or document says nothing of its patient: the order does. */
function Release({ file, busy, release }: ReleaseProps) {
  const t = words[useApp().language];
  if (file.reason.code !== "needs-order")
    return (
      <div class="choice">
        <p>{t.releaseHint}</p>
        <button type="button" disabled={busy} onClick={() => release()}>
          {t.release}
        </button>
      </div>
    );
  return (
    <div class="choice" data-testid="release-for-order">
      <p>{t.needsOrderHint}</p>
      <FindOrder
        button={(orderId) => (
          <button type="button" disabled={busy} onClick={() => release({ orderId })}>
            {t.releaseFor}
          </button>
        )}
      />
    </div>
  );
}

interface DiscardProps {
  readonly busy: boolean;
  readonly discard: (reason: string) => void;
}

function Discard({ busy, discard }: DiscardProps) {
  const { language } = useApp();
  const t = words[language];
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  return (
    <div class="choice">
      <p>{t.discardHint}</p>
      <button type="button" class="second" disabled={busy} onClick={() => dialog.current?.showModal()}>
        {t.discard}…
      </button>
      <dialog ref={dialog} aria-label={t.confirmDiscard}>
        <form
          method="dialog"
          onSubmit={() => {
            discard(reason.trim());
          }}
        >
          <p>
            <strong>{t.confirmDiscard}</strong>
          </p>
          <label class="field">
            <span>{t.discardReason}</span>
            <input
              type="text"
              name="reason"
              required
              maxLength={500}
              value={reason}
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          </label>
          <div class="row end">
            <button type="button" class="second" onClick={() => dialog.current?.close()}>
              {frame[language].cancel}
            </button>
            <button type="submit" class="danger">
              {t.discard}
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
