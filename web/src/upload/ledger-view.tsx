/** What became of uploads, from the server's ledger, until every file has its final state; and what was found in their studies. */
import type { Ledger, LedgerFile } from "../../../shared/contract/schemas/upload.ts";
import { isPassing } from "../app/api.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { UploadFindings } from "../study/upload-findings.tsx";
import { useLedger } from "./use-ledger.ts";
import { filled, words } from "./words.ts";

interface Props {
  readonly uploadIds: readonly string[];
  /** Something stayed behind that may be an image: then there is something left to do. */
  readonly partly?: boolean;
}

export function LedgerView({ uploadIds, partly = false }: Props) {
  const { language } = useApp();
  const t = words[language];
  const { followed, error } = useLedger(uploadIds);
  if (followed === undefined)
    return error === undefined || isPassing(error) ? (
      <Loading language={language} />
    ) : (
      <Failure {...{ error, language }} />
    );
  const { sum, files, resting = false } = followed;
  const problems = files.filter(({ state }) => isProblem(state) || (resting && state === "awaiting"));
  return (
    <div data-testid="ledger" data-done={sum.done}>
      {error !== undefined && isPassing(error) && <p class="muted">{t.notAnswering}</p>}
      {error !== undefined && !isPassing(error) && <Failure {...{ error, language }} />}
      <p role="status">
        <strong>{sum.done ? t.settled : sum.completed && !resting ? t.following : t.notCompleted}</strong>
      </p>
      {resting && <p class="notice warn">{filled(t.notArrived, { count: sum.totals.awaiting })}</p>}
      <Totals sum={sum} />
      {uploadIds.map((uploadId) => (
        <UploadFindings key={uploadId} uploadId={uploadId} />
      ))}
      {problems.length > 0 && (
        <>
          <h3>{t.problems}</h3>
          <ul class="files">
            {problems.map((file) => (
              <Problem key={`${file.uploadId} ${file.fileId}`} file={file} />
            ))}
          </ul>
        </>
      )}
      {sum.done && problems.length === 0 && !partly && <p>{t.noProblems}</p>}
    </div>
  );
}

const isProblem = (state: LedgerFile["state"]): boolean => state === "quarantined" || state === "conflict";

const states = ["awaiting", "stored", "indexed", "duplicate", "conflict", "quarantined"] as const;

function Totals({ sum }: { readonly sum: Pick<Ledger, "announced" | "totals"> }) {
  const t = words[useApp().language];
  return (
    <dl class="totals">
      <div>
        <dt>{t.files}</dt>
        <dd>{sum.announced}</dd>
      </div>
      {states
        .filter((state) => sum.totals[state] > 0)
        .map((state) => (
          <div key={state} class={state} data-state={state}>
            <dt>{t.states[state]}</dt>
            <dd>{sum.totals[state]}</dd>
          </div>
        ))}
    </dl>
  );
}

function Problem({ file }: { readonly file: LedgerFile & { readonly uploadId: string } }) {
  const { language } = useApp();
  const t = words[language];
  const { uploadId, fileId, name, state, reason, studyInstanceUid } = file;
  return (
    <li class={`file ${state}`} data-state={state}>
      <span class="name">{name}</span>
      <span class="what">{t.states[state]}</span>
      <small>
        {reason?.[language] ?? (state === "conflict" && t.conflictReason)}
        {reason?.offset !== undefined && ` (${filled(t.atByte, { at: reason.offset })})`}
      </small>
      {state === "quarantined" ? (
        <a href={addressOf("quarantine", uploadId, fileId)}>{t.seeQuarantine}</a>
      ) : (
        state === "conflict" &&
        studyInstanceUid !== undefined && <a href={addressOf("study", studyInstanceUid)}>{t.seeConflict}</a>
      )}
    </li>
  );
}
