/** One quarantined file: why, where, what can be read of it, and what can be done. */
import { useEffect } from "preact/hooks";
import type { Inspected } from "../../../shared/contract/schemas/ingest.ts";
import { useApp } from "../app/context.ts";
import { Failure, Loading, useLoaded } from "../app/loaded.tsx";
import { addressOf } from "../app/router.ts";
import { formatInstant } from "../language.ts";
import { attributeName, readable } from "../study/attributes.ts";
import { Attributes } from "../study/attributes-list.tsx";
import { formatBytes } from "../upload/figures.ts";
import { filled } from "../upload/words.ts";
import { Decide } from "./decide.tsx";
import { words } from "./words.ts";

interface Props {
  readonly uploadId: string;
  readonly fileId: string;
}

export function QuarantinedFile({ uploadId, fileId }: Props) {
  const { api, language } = useApp();
  const t = words[language];
  const path = `/v1/quarantine/${encodeURIComponent(uploadId)}/${encodeURIComponent(fileId)}`;
  const { value, error, again } = useLoaded<Inspected>((signal) => api.get(path, signal), [api, path]);
  useEffect(() => {
    if (value?.state !== "stored") return;
    const soon = setTimeout(again, 1500);
    return () => clearTimeout(soon);
  }, [value]);
  return (
    <>
      <p>
        <a href="#quarantine">← {t.back}</a>
      </p>
      {error !== undefined && <Failure {...{ error, again, language }} />}
      {value === undefined && error === undefined && <Loading language={language} />}
      {value && <File file={value} />}
      {value && <Decide path={path} file={value} decided={again} />}
      {value && <Evidence file={value} />}
    </>
  );
}

function File({ file }: { readonly file: Inspected }) {
  const { language } = useApp();
  const t = words[language];
  const { name, size, state, reason, fault, discarded, bytes, keptUntil, quarantinedAt, uploadId } = file;
  const where = fault ?? reason;
  const { offset, attribute } = where;
  const place = [
    offset === undefined ? "" : filled(t.atByte, { at: offset }),
    attribute === undefined ? "" : filled(t.inAttribute, { name: attributeName(attribute, language) }),
  ];
  return (
    <>
      <h1 class="name">{name}</h1>
      <p data-testid="state" data-state={state}>
        <span class="tag">{t.states[state]}</span> {formatBytes(size, language)} ·{" "}
        {filled(t.at, { at: formatInstant(quarantinedAt, language) })}
        {keptUntil && ` · ${filled(t.keptUntil, { at: formatInstant(keptUntil, language) })}`}
      </p>
      <div class="notice bad">
        <p>
          <strong>{reason[language]}</strong> <span class="muted">{place.filter(Boolean).join(" · ")}</span>
        </p>
      </div>
      {discarded && <p>{filled(t.discarded, { reason: discarded.reason })}</p>}
      <p>
        {t.bytes[bytes]} <a href={addressOf("upload", uploadId)}>{t.upload}</a>
      </p>
    </>
  );
}

function Evidence({ file: { attributes, excerpt } }: { readonly file: Inspected }) {
  const { language } = useApp();
  const t = words[language];
  const rows = readable(attributes, language);
  const others = rows.filter(({ known }) => !known);
  return (
    <>
      <h2>{t.readable}</h2>
      {rows.length === 0 && <p class="empty">{t.nothingReadable}</p>}
      <Attributes rows={rows.filter(({ known }) => known)} />
      {others.length > 0 && (
        <details>
          <summary>{filled(t.others, { count: others.length })}</summary>
          <Attributes rows={others} />
        </details>
      )}
      {excerpt && (
        <details>
          <summary>{t.excerpt}</summary>
          <pre class="bytes">{hexLines(excerpt.hex, excerpt.offset)}</pre>
        </details>
      )}
    </>
  );
}

/** Sixteen bytes a line, with the offset of the first. */
export function hexLines(hex: string, offset: number): string {
  const lines = hex.match(/.{1,32}/g) ?? [];
  return lines
    .map((line, index) => `${String(offset + 16 * index).padStart(9)}  ${line.replaceAll(/(..)/g, "$1 ")}`)
    .join("\n");
}
