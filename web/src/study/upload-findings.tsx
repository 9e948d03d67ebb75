/** The studies an upload brought and what was found wrong with them, as soon as it is found: the patient is still there. */
import { useEffect, useState } from "preact/hooks";
import type { UploadFindings as Reply } from "../../../shared/contract/schemas/findings.ts";
import { isPassing } from "../app/api.ts";
import { useApp } from "../app/context.ts";
import { Failure } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { filled } from "../upload/words.ts";
import { FindingsList } from "./findings-list.tsx";
import { readFindings } from "./read-findings.ts";
import { words } from "./words.ts";

/** Milliseconds: soon while studies are examined; later on only what an order's correction changes. */
const pauses = { examining: 2000, settled: 30_000 } as const;

export function UploadFindings({ uploadId }: { readonly uploadId: string }) {
  const { language } = useApp();
  const t = words[language];
  const { reply, error } = useFindings(uploadId);
  if (error !== undefined) return <Failure error={error} language={language} />;
  if (reply === undefined || reply.studies.length === 0) return null;
  return (
    <section aria-label={t.findings}>
      <h3>{t.findings}</h3>
      <ul class="cards">
        {reply.studies.map((study) => (
          <Study key={study.studyUid} study={study} />
        ))}
      </ul>
    </section>
  );
}

function Study({ study }: { readonly study: Reply["studies"][number] }) {
  const t = words[useApp().language];
  const { studyUid, instances, complete, examined, findings } = study;
  return (
    <li class="study-card" data-testid="study" data-examined={examined}>
      <div class="row">
        <a href={addressOf("study", studyUid)}>{t.openStudy}</a>
        <span class="muted">
          {filled(t.images, { count: instances })} · {complete ? t.complete : t.arriving}
        </span>
      </div>
      {findings.length > 0 && <FindingsList findings={findings} />}
      {findings.length === 0 && <p class="muted">{examined ? t.nothingFound : t.examining}</p>}
    </li>
  );
}

function useFindings(uploadId: string): { readonly reply?: Reply; readonly error?: unknown } {
  const { api } = useApp();
  const [state, setState] = useState<{ readonly reply?: Reply; readonly error?: unknown }>({});
  useEffect(() => {
    const leaving = new AbortController();
    const follow = async (): Promise<void> => {
      while (!leaving.signal.aborted) {
        const reply = await readFindings(api, uploadId, leaving.signal).catch((error: unknown) => {
          if (leaving.signal.aborted || !isPassing(error)) throw error;
          return undefined;
        });
        if (reply) setState({ reply });
        const settled = reply?.settled && reply.studies.every(({ examined }) => examined);
        await new Promise((resolve) => setTimeout(resolve, settled ? pauses.settled : pauses.examining));
      }
    };
    follow().catch((error: unknown) => leaving.signal.aborted || setState({ error }));
    return () => leaving.abort();
  }, [api, uploadId]);
  return state;
}
