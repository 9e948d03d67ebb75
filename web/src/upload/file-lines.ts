/** The files of an upload as the page shows them. */
import type { LeftOut } from "../../../shared/upload/left-out.ts";
import type { NotSent } from "./send-file.ts";

export type FileState = "listed" | "skipped" | "waiting" | "sending" | "sent" | "failed";

/** A file as the page shows it. */
export interface FileLine {
  readonly name: string;
  size: number;
  state: FileState;
  /** Bytes read while it is `listed`, sent afterwards. */
  done: number;
  why?: LeftOut | NotSent["why"];
}

export interface Figures {
  readonly files: number;
  readonly bytes: number;
  readonly sentBytes: number;
  readonly readBytes: number;
  readonly count: Readonly<Record<FileState, number>>;
}

export function figuresOf(files: readonly FileLine[]): Figures {
  const count: Record<FileState, number> = {
    listed: 0,
    skipped: 0,
    waiting: 0,
    sending: 0,
    sent: 0,
    failed: 0,
  };
  let [bytes, sentBytes, readBytes] = [0, 0, 0];
  for (const { state, size, done } of files) {
    count[state]++;
    if (state === "listed") readBytes += done;
    if (state === "skipped" || state === "listed") continue;
    bytes += size;
    sentBytes += state === "sent" ? size : done;
  }
  return { files: files.length, bytes, sentBytes, readBytes, count };
}
