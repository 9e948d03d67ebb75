/** Patient and study header, series with thumbnails, the signed report. */
import { useEffect, useState } from "preact/hooks";
import { formatInstant, type Language } from "../language.ts";
import type { ShareClient } from "./client.ts";
import type { Opened, OpenedReport, OpenedSeries } from "./opened.ts";
import { slicesOf } from "./series-images.ts";
import { Viewer } from "./viewer.tsx";
import type { Words } from "./words.ts";

interface Props {
  readonly client: ShareClient;
  readonly opened: Opened;
  readonly words: Words;
  readonly language: Language;
}

export function StudyPage({ client, opened, words, language }: Props) {
  const [shown, setShown] = useState<OpenedSeries>();
  return (
    <main class="study">
      <StudyHeader opened={opened} words={words} language={language} />
      <section aria-label={words.series} class="series">
        {opened.series.map((series) => (
          <SeriesCard
            key={series.seriesUid}
            client={client}
            series={series}
            words={words}
            open={() => setShown(series)}
          />
        ))}
      </section>
      <section aria-label={words.report}>
        <h2>{words.report}</h2>
        {opened.reports.length === 0 && <p class="muted">{words.noReport}</p>}
        {opened.reports.map((report) => (
          <Report key={report.reportId} report={report} words={words} language={language} />
        ))}
      </section>
      <p class="muted">{words.disclaimer}</p>
      <p class="muted">
        {words.expires} <time dateTime={opened.expiresAt}>{formatInstant(opened.expiresAt, language)}</time>
      </p>
      {shown && (
        <Viewer
          client={client}
          series={shown}
          words={words}
          mayDownload={opened.permission === "download"}
          onClose={() => setShown(undefined)}
        />
      )}
    </main>
  );
}

function StudyHeader({
  opened: { study },
  words,
  language,
}: {
  opened: Opened;
  words: Words;
  language: Language;
}) {
  const { ideographic, alphabetic } = study.patient.name;
  const latin = alphabetic?.replaceAll("^", " ").trim();
  const name = language === "zh" ? (ideographic ?? latin) : (latin ?? ideographic);
  const facts = [
    study.patient.sex && (words.sex[study.patient.sex] ?? study.patient.sex),
    study.patient.age && formatAge(study.patient.age, words),
    study.date && `${words.studied} ${study.date.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3")}`,
    study.hospital.name,
  ];
  return (
    <header class="patient">
      <h1 data-testid="patient-name">{name?.replaceAll("^", "") || words.patient}</h1>
      <p>{facts.filter(Boolean).join(" · ")}</p>
      {study.description && <p>{study.description}</p>}
    </header>
  );
}

function SeriesCard({
  client,
  series,
  words,
  open,
}: {
  client: ShareClient;
  series: OpenedSeries;
  words: Words;
  open: () => void;
}) {
  const [thumbnail, setThumbnail] = useState<string>();
  const representative = series.representative;
  useEffect(() => {
    if (representative !== undefined) client.thumbnail(series.seriesUid, representative).then(setThumbnail);
  }, [client, series.seriesUid, representative]);
  const pictures = slicesOf(series.instances).length;
  return (
    <button type="button" class="card" onClick={open} disabled={pictures === 0} data-testid="series">
      {thumbnail ? <img src={thumbnail} alt="" /> : <span class="icon">{series.modality}</span>}
      <strong>{series.description ?? series.modality}</strong>
      <small>{pictures > 0 ? `${pictures} ${words.images}` : words.notShown}</small>
    </button>
  );
}

function Report({ report, words, language }: { report: OpenedReport; words: Words; language: Language }) {
  const { content, signer, signedAt, version, amended } = report;
  return (
    <article class="report" data-testid="report">
      <h3>{words.findings}</h3>
      <p>{content.findings}</p>
      <h3>{words.impression}</h3>
      <p>{content.impression}</p>
      {content.recommendation && <h3>{words.recommendation}</h3>}
      {content.recommendation && <p>{content.recommendation}</p>}
      <footer class="muted">
        {words.signedBy} {signer.name}（{words.licence} {signer.licence}）
        <time dateTime={signedAt}>{formatInstant(signedAt, language)}</time>
        {amended && ` · ${words.amended} ${version}`}
      </footer>
    </article>
  );
}

/** PS3.5 AS: three digits and a unit, such as `068Y`. */
function formatAge(age: string, words: Words): string {
  const [, number, unit] = /^(\d{3})([DWMY])$/.exec(age) ?? [];
  return number === undefined ? age : `${Number(number)}${words.ageUnits[unit as keyof Words["ageUnits"]]}`;
}
