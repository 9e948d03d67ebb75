/** An upload while it runs: how far it is, what holds it, every file; and then what became of it. */
import { useMemo, useState } from "preact/hooks";
import { leftOut } from "../../../shared/upload/left-out.ts";
import { useApp } from "../app/context.ts";
import { Failure } from "../app/loaded.tsx";
import { useStore } from "../app/store.ts";
import { formatBytes, formatSeconds, Rate } from "./figures.ts";
import { type Figures, type FileLine, figuresOf } from "./file-lines.ts";
import { LedgerView } from "./ledger-view.tsx";
import { isUnread, type UploadRun } from "./upload-run.ts";
import { filled, words } from "./words.ts";

interface Props {
  readonly run: UploadRun;
  readonly onLeave: () => void;
}

export function RunView({ run, onLeave }: Props) {
  const { language } = useApp();
  const t = words[language];
  useStore(run.changes);
  const figures = figuresOf(run.files);
  const sent = run.phase === "sent" || run.phase === "partly";
  return (
    <section class="run" aria-label={t.phases[run.phase]} data-testid="run" data-phase={run.phase}>
      <h2 aria-live="polite">{t.phases[run.phase]}</h2>
      {run.resumed && <p class="muted">{t.resumed}</p>}
      {run.phase === "failed" && <Failure error={run.error} language={language} />}
      {(run.phase === "failed" || run.phase === "incomplete") && <p>{t.tryAgain}</p>}
      {run.busy && <Progress run={run} figures={figures} />}
      {run.busy && <Holding run={run} />}
      {!run.busy && (
        <p>
          <button type="button" onClick={onLeave}>
            {t.another}
          </button>
        </p>
      )}
      {(run.phase === "partly" || run.phase === "nothing") && run.files.some(isUnread) && (
        <p class="notice warn" role="alert">
          {t.partly}
        </p>
      )}
      {sent && <LedgerView uploadIds={run.uploadIds} partly={run.phase === "partly"} />}
      {sent ? (
        <Files title={t.leftOutFiles} files={run.files.filter(({ state }) => state === "skipped")} />
      ) : (
        <Files title={t.files} files={run.files} />
      )}
    </section>
  );
}

function Progress({ run, figures }: { readonly run: UploadRun; readonly figures: Figures }) {
  const { language } = useApp();
  const t = words[language];
  const rate = useMemo(() => new Rate(), [run]);
  const { count, files, bytes, sentBytes } = figures;
  const reading = run.phase !== "sending";
  const read = files - count.listed;
  const toSend = files - count.skipped;
  if (!reading) rate.mark(performance.now(), sentBytes);
  const { perSecond } = rate;
  const text = reading
    ? filled(t.readSoFar, { done: read, all: files })
    : filled(t.sentSoFar, {
        done: count.sent,
        all: toSend,
        sent: formatBytes(sentBytes, language),
        bytes: formatBytes(bytes, language),
      });
  return (
    <>
      <progress
        aria-label={t.phases[run.phase]}
        max={reading ? Math.max(1, files) : Math.max(1, bytes)}
        value={reading ? read : sentBytes}
      />
      <p class="figures" data-testid="progress">
        {text}
        {count.skipped > 0 && ` · ${filled(t.skippedSoFar, { count: count.skipped })}`}
        {!reading &&
          perSecond !== undefined &&
          ` · ${filled(t.left, { time: formatSeconds((bytes - sentBytes) / perSecond, language) })}`}
      </p>
    </>
  );
}

/** What keeps bytes from going, and the button that does. */
function Holding({ run }: { readonly run: UploadRun }) {
  const { api, language } = useApp();
  const t = words[language];
  const paused = useStore(run.line.paused);
  const online = useStore(run.line.online);
  const trouble = useStore(api.trouble);
  return (
    <>
      {!online && (
        <p class="notice warn" role="alert">
          {t.offline}
        </p>
      )}
      {online && trouble && (
        <p class="notice warn" role="status">
          {t.trouble}: <span lang="en">{trouble.message}</span>
        </p>
      )}
      {paused && <p class="notice warn">{t.paused}</p>}
      {run.phase === "sending" && (
        <button
          type="button"
          class="second"
          data-testid="pause"
          onClick={() => (paused ? run.line.resume() : run.line.pause())}
        >
          {paused ? t.goOnSending : t.pause}
        </button>
      )}
      <p class="muted">{t.keepOpen}</p>
    </>
  );
}

const order = ["failed", "sending", "skipped", "listed", "waiting", "sent"] as const;
const page = 100;

/** What needs a look first. A page shows a hundred: more rows than a person reads would only make it slow. */
function Files({ title, files }: { readonly title: string; readonly files: readonly FileLine[] }) {
  const t = words[useApp().language];
  const [most, setMost] = useState(page);
  if (files.length === 0) return null;
  const rank = (line: FileLine): number => order.indexOf(line.state);
  const sorted = [...files].sort((a, b) => rank(a) - rank(b)).slice(0, most);
  return (
    <>
      <h3>{title}</h3>
      <ul class="files">
        {sorted.map((line) => (
          <FileRow key={line.name} line={line} />
        ))}
      </ul>
      {files.length > most && (
        <button type="button" class="second" onClick={() => setMost(most + 5 * page)}>
          {filled(t.showing, { shown: most, all: files.length })} ↓
        </button>
      )}
    </>
  );
}

function FileRow({ line: { name, state, size, done, why } }: { readonly line: FileLine }) {
  const { language } = useApp();
  const t = words[language];
  return (
    <li class={`file ${state}`} data-state={state}>
      <span class="name">{name}</span>
      <span class="what">
        {t.states[state]}
        {state === "sending" && size > 0 && ` ${Math.floor((100 * done) / size)} %`}
      </span>
      {why !== undefined && (
        <small>
          {why in leftOut ? leftOut[why as keyof typeof leftOut][language] : t.failures[why as "changed"]}
        </small>
      )}
      {state === "sending" && <progress aria-label={name} max={Math.max(1, size)} value={done} />}
    </li>
  );
}
