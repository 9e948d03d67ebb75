/** Around every page: the pages there are, who is signed in, the language. */
import { useEffect, useMemo } from "preact/hooks";
import type { SelfView } from "../../../shared/contract/schemas/network.ts";
import { type Language, localeOf, otherLanguage } from "../language.ts";
import type { Session } from "../sign-in/session.ts";
import { Api } from "./api.ts";
import { AppContext } from "./context.ts";
import { Failure, Loading, useLoaded } from "./loaded.tsx";
import { pageOf, pages } from "./pages.tsx";
import { addressOf, type Route } from "./router.ts";
import { type Store, useStore } from "./store.ts";
import { words } from "./words.ts";

interface Props {
  readonly session: Session;
  readonly route: Store<Route>;
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

export function Shell({ session, route: address, language, choose }: Props) {
  const route = useStore(address);
  const api = useMemo(() => new Api("/api", session), [session]);
  const me = useLoaded<SelfView>((signal) => api.get("/v1/me", signal), [api]);
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        {words[language].skip}
      </button>
      <header class="bar">
        <strong class="brand">{words[language].title}</strong>
        {me.value && <Pages route={route} me={me.value} language={language} />}
        <div class="account">
          {me.value && <Who me={me.value} language={language} />}
          <LanguageSwitch language={language} choose={choose} />
          <button type="button" class="quiet" onClick={() => void session.leave()}>
            {words[language].signOut}
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {me.value === undefined ? (
          <Waiting {...{ me, language }} />
        ) : (
          <AppContext.Provider value={{ api, session, me: me.value, language, route }}>
            <Page route={route} me={me.value} language={language} />
          </AppContext.Provider>
        )}
      </main>
    </>
  );
}

function Waiting({ me, language }: { me: ReturnType<typeof useLoaded<SelfView>>; language: Language }) {
  if (me.error === undefined) return <Loading language={language} />;
  return <Failure error={me.error} again={me.again} language={language} />;
}

const toContent = (): void => document.getElementById("content")?.focus();

function Page({ route, me, language }: { route: Route; me: SelfView; language: Language }) {
  const t = words[language];
  const page = pageOf(route);
  useEffect(() => {
    document.title = page ? `${t[page.name]} · ${t.title}` : t.title;
  }, [page, language]);
  if (me.hospital === undefined) return <p class="empty">{t.noHospital}</p>;
  if (page === undefined)
    return (
      <p class="empty">
        {t.noPage} <a href="#upload">{t.toStart}</a>
      </p>
    );
  if (!mayOpen(page, me)) return <p class="empty">{t.notYours}</p>;
  return <page.Content />;
}

type PageEntry = NonNullable<ReturnType<typeof pageOf>>;

const mayOpen = ({ roles }: PageEntry, me: SelfView): boolean =>
  me.roles.some((role) => roles.includes(role));

function Pages({ route, me, language }: { route: Route; me: SelfView; language: Language }) {
  const t = words[language];
  const shown = pageOf(route);
  const listed = pages.filter((page) => page.listed && mayOpen(page, me));
  return (
    <nav aria-label={t.pages}>
      {listed.map((page) => (
        <a key={page.name} href={addressOf(page.name)} aria-current={page === shown ? "page" : undefined}>
          {t[page.name]}
        </a>
      ))}
    </nav>
  );
}

function Who({ me, language }: { me: SelfView; language: Language }) {
  const roles = me.roles.map((role) => words[language].roles[role]);
  return (
    <span class="who" data-testid="who">
      <b>{me.name}</b>
      <small>{[...roles, me.hospital].filter(Boolean).join(" · ")}</small>
    </span>
  );
}

export function LanguageSwitch({ language, choose }: Pick<Props, "language" | "choose">) {
  const other = otherLanguage(language);
  return (
    <button
      type="button"
      class="quiet language"
      lang={localeOf(other)}
      aria-label={words[language].language}
      onClick={() => choose(other)}
    >
      {words[language].otherLanguage}
    </button>
  );
}
