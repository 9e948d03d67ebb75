/** Follows completed uploads until every file is final, says what needs a person, and puts away what is safe. */
import type { Ledger, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { Refused } from "../failures.ts";
import { readLedger } from "../upload/ledger.ts";
import { type Disposal, dispose, isSafe } from "./dispose.ts";
import type { Log } from "./log.ts";
import type { Remembered } from "./remembered.ts";
import type { WatchedFile } from "./ripening.ts";

export interface Settling {
  readonly client: ApiClient;
  readonly remembered: Remembered;
  readonly log: Log;
  readonly disposal?: Disposal | undefined;
}

/** `all`: what is in the folder now. Throws CommandFailed when the line is away. */
export async function settle(
  settling: Settling,
  uploadId: string,
  all: ReadonlyMap<string, WatchedFile>,
): Promise<void> {
  const { client, remembered, log } = settling;
  const totals = await client.get<Ledger>(`/v1/uploads/${uploadId}?limit=1`).catch((error: unknown) => {
    if (error instanceof Refused && [403, 404].includes(error.status)) return undefined;
    throw error;
  });
  if (totals === undefined) return remembered.closed(uploadId);
  // A file that changed before it was sent stays announced for ever: it is in another upload by now.
  if (totals.completedAt === undefined || totals.totals.stored > 0) return;
  const { files } = await readLedger(client, uploadId);
  if (!(await putAway(settling, uploadId, files, all))) return;
  for (const { name, state, reason } of files)
    if (state === "quarantined" || state === "conflict") log(state, { file: name, why: reason?.en });
  const counts = Object.entries(totals.totals).filter(([, count]) => count > 0);
  log("settled", { upload: uploadId, ...Object.fromEntries(counts) });
  remembered.closed(uploadId);
}

/** false when something could not be put away, which is tried again. */
async function putAway(
  settling: Settling,
  uploadId: string,
  files: readonly LedgerFile[],
  all: ReadonlyMap<string, WatchedFile>,
): Promise<boolean> {
  const { remembered, log, disposal } = settling;
  if (disposal === undefined) return true;
  let whole = true;
  const ledgers = new Map([[uploadId, files]]);
  for (const file of all.values()) {
    const uploads = remembered.uploadsOf(file.name, file);
    // The last of them to settle puts it away.
    const others = uploads.filter((one) => one !== uploadId);
    if (!uploads.includes(uploadId) || others.some((one) => remembered.isOpen(one))) continue;
    for (const one of others)
      if (!ledgers.has(one)) ledgers.set(one, (await readLedger(settling.client, one)).files);
    const lines = uploads
      .flatMap((one) => ledgers.get(one) ?? [])
      .filter(({ name }) => name === file.name || name.startsWith(`${file.name}/`));
    if (!isSafe(lines)) continue;
    try {
      await dispose(file, disposal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      whole = false;
      log("not-moved", { file: file.name, why: (error as NodeJS.ErrnoException).code });
    }
  }
  return whole;
}
