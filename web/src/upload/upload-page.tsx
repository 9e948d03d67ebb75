/** `#upload`: what to upload, how it goes, and what was uploaded before. `#upload/<id>`: one upload's ledger. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useApp } from "../app/context.ts";
import { Store, useStore } from "../app/store.ts";
import type { Terms } from "./announce.ts";
import { Choose } from "./choose.tsx";
import type { Chosen } from "./chosen.ts";
import { beginRun, currentRun, leaveRun, ownerOf, remembered } from "./current-run.ts";
import { LedgerView } from "./ledger-view.tsx";
import { RecentUploads } from "./recent-uploads.tsx";
import type { Unfinished } from "./remembered.ts";
import { RunView } from "./run-view.tsx";
import { UnfinishedUploads } from "./unfinished-uploads.tsx";
import type { UploadRun } from "./upload-run.ts";
import { words } from "./words.ts";

export function UploadPage() {
  const { route } = useApp();
  const [, uploadId] = route;
  return uploadId === undefined ? <Uploading /> : <PastUpload uploadId={uploadId} />;
}

function PastUpload({ uploadId }: { readonly uploadId: string }) {
  const t = words[useApp().language];
  return (
    <>
      <p>
        <a href="#upload">← {t.title}</a>
      </p>
      <h1>{t.ledger}</h1>
      <LedgerView key={uploadId} uploadIds={[uploadId]} />
    </>
  );
}

function Uploading() {
  const { api, session, language } = useApp();
  const run = useStore(currentRun);
  const [terms, setTerms] = useState<Terms>({ priority: "routine", encounterClass: "unknown" });
  const [unfinished, lookAgain] = useUnfinished();
  const begin = (chosen: Chosen, on: Terms = terms): void => {
    void beginRun(api, session, on, chosen).finally(lookAgain);
  };
  return (
    <>
      <h1>{words[language].title}</h1>
      {run ? (
        <RunView run={run} onLeave={leaveRun} />
      ) : (
        <>
          <Choose terms={terms} setTerms={setTerms} begin={begin} />
          <UnfinishedUploads {...{ unfinished, lookAgain, setTerms, begin }} />
        </>
      )}
      <Recent run={run} />
    </>
  );
}

/** Anew when an upload has been announced, and again when it was left. */
function Recent({ run }: { readonly run: UploadRun | undefined }) {
  const nothing = useMemo(() => new Store(0), []);
  useStore(run?.changes ?? nothing);
  return <RecentUploads key={run?.uploadIds.join()} />;
}

function useUnfinished(): [readonly Unfinished[], () => void] {
  const { session } = useApp();
  const [unfinished, setUnfinished] = useState<readonly Unfinished[]>([]);
  const look = (): void => {
    const { value } = session.state;
    if (value.kind !== "signed-out")
      void ownerOf(value.signedIn)
        .then((owner) => remembered.of(owner))
        .then(setUnfinished);
  };
  useEffect(look, []);
  return [unfinished, look];
}
