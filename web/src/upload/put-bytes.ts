/** One PUT to the storage, with progress: only XMLHttpRequest tells of bytes on their way up. */
import type { FileToSend } from "../../../shared/contract/schemas/upload.ts";

export type Signed = Pick<NonNullable<FileToSend["put"]>, "url" | "headers">;

/** What the storage made of it. */
export type Outcome =
  | "stored"
  /** The URL has expired or was refused: another one may be taken. */
  | "refused"
  /** It got other bytes than were announced: the line changed them, or somebody the file. */
  | "changed"
  /** The parts sent so far have been dropped. */
  | "parts-gone"
  | "busy"
  /** The line broke, or nothing moved for a minute. */
  | "broken";

/** Resolves however it ends; rejects only with what `signal` was aborted with. `onBytes`: bytes sent so far. */
export type Put = (
  signed: Signed,
  body: Blob,
  onBytes: (sent: number) => void,
  signal: AbortSignal,
) => Promise<Outcome>;

/** The browser writes these itself, and lets nobody else. */
const browsersOwn = new Set(["content-length", "host"]);
const stallMs = 60_000;

export const putBytes: Put = ({ url, headers }, body, onBytes, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    let stall = setTimeout(stop, stallMs);
    const moved = (): void => {
      clearTimeout(stall);
      stall = setTimeout(stop, stallMs);
    };
    request.upload.onprogress = ({ loaded }) => {
      moved();
      onBytes(loaded);
    };
    request.onloadend = () => {
      clearTimeout(stall);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else resolve(outcomeOf(request.status, request.responseText));
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", stop);
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers))
      if (!browsersOwn.has(name.toLowerCase())) request.setRequestHeader(name, value);
    request.send(body);
  });

const outcomes: Readonly<Record<number, Outcome>> = {
  0: "broken",
  // `If-None-Match: *` and the object is there: an earlier try got through.
  412: "stored",
  // Two tries at once.
  409: "busy",
  408: "broken",
  429: "busy",
};
const codes: Readonly<Record<string, Outcome>> = {
  NoSuchUpload: "parts-gone",
  BadDigest: "changed",
  XAmzContentChecksumMismatch: "changed",
  IncompleteBody: "broken",
  RequestTimeout: "broken",
};

/** `body`: S3's error document, which names a code (S3 API Reference, "Error responses"). */
export function outcomeOf(status: number, body: string): Outcome {
  if (status >= 200 && status < 300) return "stored";
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? "";
  return codes[code] ?? outcomes[status] ?? (status >= 500 ? "busy" : "refused");
}
