/** Over the page of somebody whose sign-in has expired: everything waits, nothing is lost. */
import { useState } from "preact/hooks";
import type { Language } from "../language.ts";
import { signInInWindow } from "./renewal-window.ts";
import type { Session, SessionState } from "./session.ts";
import { words } from "./words.ts";

interface Props {
  readonly session: Session;
  readonly state: Extract<SessionState, { kind: "expired" }>;
  readonly language: Language;
}

export function ExpiredBanner({ session, state, language }: Props) {
  const t = words[language];
  const [blocked, setBlocked] = useState(false);
  return (
    <section class="banner" role="alert" data-testid="expired">
      <div>
        <strong>{t.expired}</strong> {t.expiredHint}
        {state.somebodyElse && <p>{t.somebodyElse}</p>}
        {blocked && <p>{t.blocked}</p>}
      </div>
      <button type="button" onClick={() => setBlocked(!signInInWindow(session))}>
        {t.again}
      </button>
    </section>
  );
}
