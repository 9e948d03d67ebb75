/** The hospital's uploads, newest first. */
import type * as z from "zod/mini";
import type { uploadSchemas } from "../../../shared/contract/schemas/upload.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading, useLoaded } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { formatInstant } from "../language.ts";
import { words } from "./words.ts";

type Uploads = z.infer<typeof uploadSchemas.listUploads.reply>;
const shown = 10;

export function RecentUploads() {
  const { api, language } = useApp();
  const t = words[language];
  const { value, error, again } = useLoaded<Uploads>(
    (signal) => api.get(`/v1/uploads?limit=${shown}`, signal),
    [api],
  );
  return (
    <section aria-label={t.recent}>
      <h2>{t.recent}</h2>
      {error !== undefined && <Failure {...{ error, again, language }} />}
      {value === undefined && error === undefined && <Loading language={language} />}
      {value?.uploads.length === 0 && <p class="empty">{t.noRecent}</p>}
      <ul class="cards" data-testid="recent">
        {value?.uploads.map(({ uploadId, createdAt, priority }) => (
          <li key={uploadId}>
            <a class="card-row" href={addressOf("upload", uploadId)}>
              <time dateTime={createdAt}>{formatInstant(createdAt, language)}</time>
              <span class={`tag ${priority}`}>{t[priority]}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
