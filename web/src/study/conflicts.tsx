/** Images of a study that came twice with different bytes: both side by side, and which is to be kept. */
import { useEffect, useState } from "preact/hooks";
import type * as z from "zod/mini";
import type {
  ConflictSide,
  ConflictView,
  Difference,
  ingestSchemas,
  Keep,
} from "../../../shared/contract/schemas/ingest.ts";
import { useApp } from "../app/context.ts";
import { Failure, useLoaded } from "../app/loaded.tsx";
import { useAct } from "../app/use-act.ts";
import { formatInstant } from "../language.ts";
import { formatBytes } from "../upload/figures.ts";
import { filled } from "../upload/words.ts";
import { attributeName, elementText } from "./attributes.ts";
import { words } from "./words.ts";

type Reply = z.infer<typeof ingestSchemas.listConflicts.reply>;

interface Props {
  readonly studyUid: string;
  readonly decided: () => void;
}

export function Conflicts({ studyUid, decided }: Props) {
  const { api, language } = useApp();
  const t = words[language];
  const { value, error, again } = useLoaded<Reply>(
    (signal) => api.get(`/v1/studies/${encodeURIComponent(studyUid)}/conflicts`, signal),
    [api, studyUid],
  );
  const pending = value?.conflicts.some(({ resolution }) => resolution?.done === false);
  useEffect(() => {
    if (!pending) return;
    const soon = setTimeout(again, 1500);
    return () => clearTimeout(soon);
  }, [value]);
  if (error !== undefined) return <Failure {...{ error, again, language }} />;
  if (value === undefined || value.conflicts.length === 0) return null;
  const refresh = (): void => {
    again();
    decided();
  };
  return (
    <section aria-label={t.conflicts}>
      <h2>{t.conflicts}</h2>
      <p class="muted">{t.conflictsHint}</p>
      {value.conflicts.map((conflict) => (
        <Conflict
          key={`${conflict.sopInstanceUid} ${conflict.sha256}`}
          studyUid={studyUid}
          conflict={conflict}
          decided={refresh}
        />
      ))}
    </section>
  );
}

function Conflict({ studyUid, conflict, decided }: Props & { readonly conflict: ConflictView }) {
  const t = words[useApp().language];
  const { first, new: later, differences, pixels, resolution } = conflict;
  return (
    <article class="conflict-card" data-testid="conflict" data-done={resolution?.done}>
      <div class="sides">
        <Side title={t.first} side={first} />
        <Side title={t.new} side={later} />
      </div>
      <p class="muted">{t.pixels[pixels]}</p>
      {differences.length === 0 ? <p>{t.noDifferences}</p> : <Differences differences={differences} />}
      {resolution ? (
        <p role="status">
          <strong>
            {filled(resolution.done ? t.resolved : t.resolving, { keep: t.keep[resolution.keep] })}
          </strong>
        </p>
      ) : (
        <Resolve studyUid={studyUid} conflict={conflict} decided={decided} />
      )}
    </article>
  );
}

function Side({ title, side }: { readonly title: string; readonly side: ConflictSide }) {
  const { language } = useApp();
  const t = words[language];
  return (
    <div>
      <h3>{title}</h3>
      <p>
        {filled(t.arrivedAt, { at: formatInstant(side.at, language) })} · {formatBytes(side.size, language)}
        {side.href === undefined && ` · ${t.gone}`}
      </p>
      <p class="muted digest">SHA-256 {side.sha256.slice(0, 16)}…</p>
    </div>
  );
}

function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  const { language } = useApp();
  const t = words[language];
  const text = (value: unknown): string => elementText(value) || t.absent;
  return (
    <table>
      <caption>{t.differences}</caption>
      <thead>
        <tr>
          <th scope="col">{t.attribute}</th>
          <th scope="col">{t.first}</th>
          <th scope="col">{t.new}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map((one) => (
          <tr key={one.tag}>
            <th scope="row">{attributeName(one.tag, language)}</th>
            <td>{text(one.first)}</td>
            <td>{text(one.new)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Resolve({ studyUid, conflict, decided }: Props & { readonly conflict: ConflictView }) {
  const { api, me, language } = useApp();
  const t = words[language];
  const { sopInstanceUid, sha256, choices } = conflict;
  const [keep, setKeep] = useState<Keep>("first");
  const [reason, setReason] = useState("");
  const { busy, error, act } = useAct(decided);
  if (!me.roles.includes("hospital-admin")) return <p class="muted">{t.onlyAdmin}</p>;
  const path = `/v1/studies/${encodeURIComponent(studyUid)}/conflicts/${sopInstanceUid}/${sha256}/resolve`;
  const body = { keep, ...(reason.trim() && { reason: reason.trim() }) };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act(() => api.post(path, body));
      }}
    >
      {error !== undefined && <Failure error={error} language={language} />}
      <div class="keeps">
        {choices.map((choice) => (
          <label key={choice} class="pick">
            <input
              type="radio"
              name={`keep ${sha256}`}
              checked={keep === choice}
              onChange={() => setKeep(choice)}
            />
            <span>
              {t.keep[choice]} <small class="muted">{t.keepHint[choice]}</small>
            </span>
          </label>
        ))}
      </div>
      <label class="field">
        <span>{t.reason}</span>
        <input
          type="text"
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <p>
        <button type="submit" disabled={busy}>
          {t.decide}
        </button>
      </p>
    </form>
  );
}
