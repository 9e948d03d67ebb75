/** The page a share link opens: `/s#<token>`. The fragment never reaches a server, a log or a chat preview. */
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Language, localeOf, otherLanguage, preferredLanguage } from "../language.ts";
import { Link, type OpenResult } from "./client.ts";
import { Gate } from "./gate.tsx";
import { StudyPage } from "./study-page.tsx";
import { wordsFor } from "./words.ts";

function SharePage({ token }: { token: string }) {
  const [language, setLanguage] = useState<Language>(preferredLanguage());
  const [result, setResult] = useState<OpenResult>();
  const link = useMemo(() => new Link(token), [token]);
  const words = wordsFor(language);
  const open = (passcode?: string): void => {
    setResult(undefined);
    link.open(passcode).then(setResult);
  };
  useEffect(() => {
    if (token === "") setResult({ kind: "closed" });
    else open();
  }, [token]);
  useEffect(() => {
    document.documentElement.lang = localeOf(language);
    document.title = words.title;
  }, [language]);

  const other = otherLanguage(language);
  return (
    <>
      <button type="button" class="language quiet" lang={other} onClick={() => setLanguage(other)}>
        {other === "zh" ? "中文" : "English"}
      </button>
      {result?.kind === "opened" ? (
        <StudyPage client={result.client} opened={result.opened} words={words} language={language} />
      ) : (
        <Gate result={result} words={words} open={open} />
      )}
    </>
  );
}

const root = document.getElementById("share");
if (root !== null) render(<SharePage token={decodeURIComponent(location.hash.slice(1))} />, root);
