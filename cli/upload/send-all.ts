/** Sends what was announced, as many at once as the line takes, and says of what could not be sent why. */

import type { LeftOut } from "../../shared/upload/left-out.ts";
import type { ApiClient } from "../client.ts";
import { ContentChanged, ContentUnreadable } from "../content/content.ts";
import type { Announced } from "./announce.ts";
import { forEachOf } from "./for-each-of.ts";
import { type SkippedFile, skipped } from "./left-out.ts";
import { showProgress } from "./progress.ts";
import { sendFile } from "./send-file.ts";
import type { Line } from "./send-piece.ts";

/** Files begun at once; how many of their requests are under way is for the line to say. */
const filesAhead = 16;

export interface Manner {
  readonly silent: boolean;
  /** Once it says so, no further file is begun. */
  readonly stopped?: () => boolean;
}

/**
 * Resolves to the files that are not any more as they were announced: nothing of them was stored. Throws CommandFailed when
 * a file is refused or the line is away too long.
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
  try {
    await forEachOf(announced.length, filesAhead, async (index) => {
      if (stopped()) return;
      const { file, uploadId, toSend, resumed } = announced[index] as Announced;
      const sending = { client, uploadId, line: noticed, onBytes: progress.add };
      await sendFile(sending, file, toSend, resumed).catch((error: unknown) => {
        left.push(skipped(file.name, whyLeft(error)));
      });
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
  throw error;
}
