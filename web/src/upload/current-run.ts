/** The upload of this tab, whichever page is shown: one at a time, since a line has only so much to give. */
import type { Api } from "../app/api.ts";
import { Store } from "../app/store.ts";
import type { SignedIn } from "../sign-in/oidc.ts";
import type { Session } from "../sign-in/session.ts";
import type { Terms } from "./announce.ts";
import type { Chosen } from "./chosen.ts";
import { Line } from "./line.ts";
import { hireLookers } from "./lookers.ts";
import { putBytes } from "./put-bytes.ts";
import { rememberedHere } from "./remembered.ts";
import { hex } from "./sha256.ts";
import { UploadRun } from "./upload-run.ts";

export const currentRun = new Store<UploadRun | undefined>(undefined);
export const remembered = rememberedHere();

/** Names nobody: it only tells one account's unfinished uploads from another's in the same browser. */
export async function ownerOf({ issuer, subject }: SignedIn): Promise<string> {
  const text = new TextEncoder().encode(`${issuer.issuer} ${subject}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return hex(digest.subarray(0, 16));
}

export async function beginRun(api: Api, session: Session, terms: Terms, chosen: Chosen): Promise<void> {
  const { value } = session.state;
  if (value.kind === "signed-out") return;
  currentRun.value?.stop();
  const line = new Line(navigator.onLine);
  const owner = await ownerOf(value.signedIn);
  const run = new UploadRun({ api, line, remembered, owner, terms, lookers: hireLookers(), put: putBytes });
  currentRun.value = run;
  const ending = holdThePage(run, session);
  await run.run(chosen.gathered, chosen.handles);
  ending();
}

/** Follows the network, warns who closes the page, and ends with the sign-in. Answers what undoes it. */
function holdThePage(run: UploadRun, session: Session): () => void {
  const undone = new AbortController();
  const { signal } = undone;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  addEventListener("beforeunload", warn, { signal });
  const follow = (): void => {
    run.line.online.value = navigator.onLine;
  };
  addEventListener("online", follow, { signal });
  addEventListener("offline", follow, { signal });
  const unlisten = session.state.listen(() => {
    if (session.state.value.kind === "signed-out") run.stop();
  });
  return () => {
    undone.abort();
    unlisten();
  };
}

/** The page offers another upload. */
export function leaveRun(): void {
  currentRun.value = undefined;
}
