/** Sends what was announced, as many at once as the line takes, and says of what could not be sent why. */
import type { LeftOut } from "../../shared/upload/left-out.ts";
import type { ApiClient } from "../client.ts";
import { ContentChanged, ContentUnreadable } from "../content/content.ts";
import type { Announced } from "./announce.ts";
import { forEachOf } from "./for-each-of.ts";
import { type SkippedFile, skipped } from "./left-out.ts";
import { showProgress } from "./progress.ts";
import { sendFile } from "./send-file.ts";
import { type Line, StorageRefused } from "./send-piece.ts";

/** Files begun at once; how many of their requests are under way is for the line to say. */
const filesAhead = 16;

export interface Manner {
  readonly silent: boolean;
  /** Once it says so, no further file is begun. */
  readonly stopped?: () => boolean;
}

/** Files that the storage refuses before it has taken any: then it is not the files that are wrong. */
const refusedAtFirst = 3;

/**
 * Resolves to the files that are not any more as they were announced, or that the storage refuses: nothing of them was stored.
 * Throws CommandFailed when the server or the line does not let any through.
 */
export async function sendAll(
  client: ApiClient,
  line: Line,
  announced: readonly Announced[],
  { silent, stopped = () => false }: Manner,
): Promise<readonly SkippedFile[]> {
  const bytes = announced.reduce((sum, { file }) => sum + file.content.size, 0);
  const progress = showProgress("Sending", bytes, announced.length, silent);
  const noticed: Line = {
    ...line,
    notice(there, why) {
      line.notice?.(there, why);
      progress.line(there);
    },
  };
  const left: SkippedFile[] = [];
  let sent = 0;
  const leave = (name: string, error: unknown): void => {
    if (error instanceof StorageRefused && sent === 0 && left.length + 1 >= refusedAtFirst) throw error;
    left.push(skipped(name, whyLeft(error)));
  };
  try {
    await forEachOf(announced.length, filesAhead, async (index) => {
      if (stopped()) return;
      const { file, uploadId, toSend, resumed } = announced[index] as Announced;
      const sending = { client, uploadId, line: noticed, onBytes: progress.add };
      await sendFile(sending, file, toSend, resumed).then(
        () => sent++,
        (error: unknown) => leave(file.name, error),
      );
      progress.file();
    });
  } finally {
    progress.finish();
  }
  return left;
}

function whyLeft(error: unknown): LeftOut {
  if (error instanceof ContentChanged) return "unreadable-changed";
  if (error instanceof ContentUnreadable) return "unreadable";
  if (error instanceof StorageRefused) return "unreadable-refused";
  throw error;
}
