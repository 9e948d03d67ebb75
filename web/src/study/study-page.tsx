/** `#study/<uid>`: who, how much has arrived, what is wrong with it, and images that came twice. */
import type { Role } from "../../../shared/access/principal.ts";
import type { StudyView } from "../../../shared/contract/schemas/query.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading, useLoaded } from "../app/loaded.tsx";
import { filled } from "../upload/words.ts";
import { attributeText, dateText, readable } from "./attributes.ts";
import { Attributes } from "./attributes-list.tsx";
import { Conflicts } from "./conflicts.tsx";
import { FindingsList } from "./findings-list.tsx";
import { words } from "./words.ts";

/** Who may see what came under a UID besides the image that stays. */
const deciders: readonly Role[] = ["technician", "hospital-admin"];

export function StudyPage() {
  const { api, language, route } = useApp();
  const [, studyUid = ""] = route;
  const { value, error, again } = useLoaded<StudyView>(
    (signal) => api.get(`/v1/studies/${encodeURIComponent(studyUid)}`, signal),
    [api, studyUid],
  );
  if (error !== undefined) return <Failure {...{ error, again, language }} />;
  if (value === undefined) return <Loading language={language} />;
  return <Study study={value} again={again} />;
}

function Study({ study, again }: { readonly study: StudyView; readonly again: () => void }) {
  const { language, me } = useApp();
  const t = words[language];
  const { attributes, instances, expected, complete, modalities, findings } = study;
  const date = dateText(attributeText(attributes, "00080020"));
  const count =
    expected === undefined
      ? filled(t.images, { count: instances })
      : filled(t.imagesOf, { count: instances, expected });
  return (
    <>
      <h1 data-testid="patient">{attributeText(attributes, "00100010") || t.title}</h1>
      <p class="muted">
        {[date, modalities.join(", "), count, complete ? t.complete : t.arriving].filter(Boolean).join(" · ")}
      </p>
      <h2>{t.findings}</h2>
      {findings.length > 0 ? <FindingsList findings={findings} /> : <p>{t.nothingFound}</p>}
      {study.conflicts + study.resolvedConflicts > 0 && me.roles.some((role) => deciders.includes(role)) && (
        <Conflicts studyUid={study.studyUid} decided={again} />
      )}
      <h2>{t.series}</h2>
      <ul class="cards">
        {study.series.map((series) => (
          <li key={series.seriesUid} class="card-row">
            <span>
              {[series.modality, attributeText(series.attributes, "0008103E")].filter(Boolean).join(" · ")}
            </span>
            <span class="muted">{filled(t.images, { count: series.instances })}</span>
          </li>
        ))}
      </ul>
      <h2>{t.attributes}</h2>
      <Attributes rows={readable(attributes, language)} />
    </>
  );
}
