/** Uploads that a closed tab or a dead battery interrupted. */
import { useState } from "preact/hooks";
import { useApp } from "../app/context.ts";
import { formatInstant } from "../language.ts";
import type { Terms } from "./announce.ts";
import { type Chosen, chosenBefore } from "./chosen.ts";
import { remembered } from "./current-run.ts";
import type { Unfinished } from "./remembered.ts";
import { useChoosing } from "./use-choosing.ts";
import { filled, words } from "./words.ts";

interface Props {
  readonly unfinished: readonly Unfinished[];
  readonly lookAgain: () => void;
  readonly setTerms: (terms: Terms) => void;
  readonly begin: (chosen: Chosen, on: Terms) => void;
}

export function UnfinishedUploads({ unfinished, ...props }: Props) {
  const t = words[useApp().language];
  if (unfinished.length === 0) return null;
  return (
    <section aria-label={t.unfinished}>
      <h2>{t.unfinished}</h2>
      <p class="muted">{t.unfinishedHint}</p>
      <ul class="cards">
        {unfinished.map((one) => (
          <Row key={one.id} one={one} {...props} />
        ))}
      </ul>
    </section>
  );
}

function Row({ one, lookAgain, setTerms, begin }: Omit<Props, "unfinished"> & { readonly one: Unfinished }) {
  const { language } = useApp();
  const t = words[language];
  const [refused, setRefused] = useState(false);
  const { found, during } = useChoosing();
  const { priority, encounterClass, handles } = one;
  const terms = { priority, encounterClass };
  const goOn = async (): Promise<void> => {
    const chosen =
      handles && (await during((onFound) => chosenBefore(handles, onFound)).catch(() => undefined));
    if (chosen) return begin(chosen, terms);
    setRefused(handles !== undefined);
    setTerms(terms);
  };
  return (
    <li class="card-row" data-testid="unfinished">
      <div>
        <strong>{filled(t.unfinishedAt, { at: formatInstant(one.startedAt, language) })}</strong>{" "}
        <span class={`tag ${priority}`}>{t[priority]}</span>
        {found !== undefined && <p role="status">{filled(t.foundSoFar, { count: found })}</p>}
        {refused && <p role="alert">{t.refusedPermission}</p>}
      </div>
      <div class="row">
        {handles && !refused && (
          <button type="button" onClick={() => void goOn()}>
            {t.goOn}
          </button>
        )}
        <button type="button" class="second" onClick={() => void remembered.forget(one.id).then(lookAgain)}>
          {t.giveUp}
        </button>
      </div>
    </li>
  );
}
