/** The page of whoever is not signed in: where to sign in, by name. */
import { useEffect, useState } from "preact/hooks";
import type { OfferedIssuer } from "../../../shared/contract/schemas/contract.ts";
import type { Language } from "../language.ts";
import { offeredIssuers } from "./issuers.ts";
import type { Session, SessionState } from "./session.ts";
import { words } from "./words.ts";

interface Props {
  readonly session: Session;
  readonly state: Extract<SessionState, { kind: "signed-out" }>;
  readonly language: Language;
}

type Offer = readonly OfferedIssuer[] | "unreachable" | undefined;

export function SignInPage({ session, state, language }: Props) {
  const t = words[language];
  const [offer, setOffer] = useState<Offer>();
  const [going, setGoing] = useState(false);
  const ask = (): void => {
    setOffer(undefined);
    offeredIssuers().then(setOffer, () => setOffer("unreachable"));
  };
  useEffect(ask, []);
  const go = (issuer: OfferedIssuer): void => {
    setGoing(true);
    session.begin(issuer, location.hash).catch(() => {
      setGoing(false);
      setOffer("unreachable");
    });
  };
  return (
    <main class="gate">
      <h1>{t.title}</h1>
      {state.why && <p role="status">{t[state.why]}</p>}
      {state.cause && (
        <p class="muted" lang="en">
          {state.cause.message}
        </p>
      )}
      {going || offer === undefined ? (
        <p aria-busy="true">{t.opening}</p>
      ) : (
        <Choice {...{ offer, go, ask, t }} />
      )}
      <p class="muted">{t.links}</p>
    </main>
  );
}

interface ChoiceProps {
  readonly offer: NonNullable<Offer>;
  readonly go: (issuer: OfferedIssuer) => void;
  readonly ask: () => void;
  readonly t: (typeof words)[Language];
}

function Choice({ offer, go, ask, t }: ChoiceProps) {
  if (offer === "unreachable")
    return (
      <>
        <p role="alert">{t.unreachable}</p>
        <button type="button" onClick={ask}>
          {t.retry}
        </button>
      </>
    );
  if (offer.length === 0) return <p role="alert">{t.none}</p>;
  return (
    <>
      <p>{offer.length > 1 ? t.choose : t.hint}</p>
      {offer.map((issuer) => (
        <button type="button" key={issuer.issuer} data-testid="sign-in" onClick={() => go(issuer)}>
          {offer.length > 1 ? issuer.name : t.signIn}
        </button>
      ))}
    </>
  );
}
