/** The pages of a hospital's staff: sign-in, then one page at a time, chosen by the address's fragment. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Language, localeOf, preferredLanguage } from "../language.ts";
import { ExpiredBanner } from "../sign-in/expired-banner.tsx";
import { handOver, renewalAskedFor } from "../sign-in/renewal-window.ts";
import { Session } from "../sign-in/session.ts";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { words as signInWords } from "../sign-in/words.ts";
import { followAddress } from "./router.ts";
import { LanguageSwitch, Shell } from "./shell.tsx";
import { useStore } from "./store.ts";
import { words } from "./words.ts";

const session = new Session({
  storage: sessionStorage,
  now: () => Date.now(),
  origin: location.origin,
  leaveFor: (url) => location.assign(url),
});

/** Which language was chosen is all that stays in the browser of somebody who signed out. */
const languageKey = "mic.language";

function Pages() {
  const state = useStore(session.state);
  const [language, setLanguage] = useState<Language>(
    () => (localStorage.getItem(languageKey) as Language | null) ?? preferredLanguage(),
  );
  useEffect(() => {
    document.documentElement.lang = localeOf(language);
    document.title = words[language].title;
  }, [language]);
  const choose = (chosen: Language): void => {
    localStorage.setItem(languageKey, chosen);
    setLanguage(chosen);
  };
  if (state.kind === "signed-out")
    return (
      <>
        <LanguageSwitch language={language} choose={choose} />
        <SignInPage session={session} state={state} language={language} />
      </>
    );
  return (
    <>
      {state.kind === "expired" && <ExpiredBanner session={session} state={state} language={language} />}
      <Shell session={session} route={route} language={language} choose={choose} />
    </>
  );
}

const route = followAddress();

/** The answer of the issuer leaves the address bar at once; then the person is where they were. */
async function start(): Promise<boolean> {
  const renewing = renewalAskedFor(location.hash);
  const { value } = session.state;
  if (renewing !== undefined && value.kind === "signed-in") {
    history.replaceState(undefined, "", "/");
    await session.begin(value.signedIn.issuer, "", renewing);
    return false;
  }
  const landed = new URL(location.href);
  if (!landed.searchParams.has("state")) return true;
  history.replaceState(undefined, "", "/");
  const finished = await session.finish(landed);
  if (finished?.renewing !== undefined && finished.signedIn) {
    handOver(finished.renewing, finished.signedIn);
    document.body.textContent = signInWords[preferredLanguage()].done;
    return false;
  }
  if (finished?.returnTo) location.replace(finished.returnTo);
  return true;
}

const root = document.getElementById("app");
/** The issuer is away: a blank window would say nothing. */
const offline = (): false => {
  document.body.textContent = words[preferredLanguage()].offline;
  return false;
};
if (root !== null && (await start().catch(offline))) render(<Pages />, root);
