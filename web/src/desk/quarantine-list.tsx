/** Files of the hospital that wait in quarantine, newest first, and why. */
import { useState } from "preact/hooks";
import type * as z from "zod/mini";
import type { ingestSchemas, Waiting } from "../../../shared/contract/schemas/ingest.ts";
import { rejections } from "../../../shared/dicom/rejected.ts";
import { quarantineReasons } from "../../../shared/ingest/quarantine-reasons.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { usePages } from "../app/use-pages.ts";
import { formatInstant } from "../language.ts";
import { filled } from "../upload/words.ts";
import { words } from "./words.ts";

type Reply = z.infer<typeof ingestSchemas.listQuarantine.reply>;

export function QuarantineList() {
  const { api, language } = useApp();
  const t = words[language];
  const [code, setCode] = useState("");
  const { pages, error, again, more } = usePages<Reply>(
    (cursor, signal) => {
      const query = new URLSearchParams({ limit: "50", ...(code && { code }), ...(cursor && { cursor }) });
      return api.get(`/v1/quarantine?${query}`, signal);
    },
    [api, code],
  );
  const files = pages?.flatMap((page) => page.files);
  return (
    <>
      <h1>{t.title}</h1>
      <p class="muted">{t.hint}</p>
      <label class="field">
        <span>{t.reason}</span>
        <select value={code} onChange={({ currentTarget }) => setCode(currentTarget.value)}>
          <option value="">{t.allReasons}</option>
          {Object.entries({ ...rejections, ...quarantineReasons }).map(([one, sentence]) => (
            <option key={one} value={one}>
              {sentence[language]}
            </option>
          ))}
        </select>
      </label>
      {error !== undefined && <Failure {...{ error, again, language }} />}
      {files === undefined && error === undefined && <Loading language={language} />}
      {files?.length === 0 && <p class="empty">{t.empty}</p>}
      <ul class="files spaced" data-testid="quarantine">
        {files?.map((file) => (
          <Row key={`${file.uploadId} ${file.fileId}`} file={file} />
        ))}
      </ul>
      {more && (
        <button type="button" class="second" onClick={more}>
          {t.more}
        </button>
      )}
    </>
  );
}

function Row({ file }: { readonly file: Waiting }) {
  const { language } = useApp();
  const t = words[language];
  const { uploadId, fileId, name, quarantinedAt, reason } = file;
  return (
    <li class="file quarantined" data-code={reason.code}>
      <a class="name" href={addressOf("quarantine", uploadId, fileId)}>
        {name}
      </a>
      <small>{reason[language]}</small>
      <small class="muted">{filled(t.at, { at: formatInstant(quarantinedAt, language) })}</small>
    </li>
  );
}
