/** Follows completed uploads until every file is final, says what needs a person, and puts away what is safe. */
import type { Ledger, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { Refused } from "../failures.ts";
import { language } from "../locale.ts";
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
  if (totals.completedAt === undefined || totals.totals.stored > 0) return;
  const { files } = await readLedger(client, uploadId);
  if (isUnderWay(settling, uploadId, files, all)) return;
  if (!(await putAway(settling, uploadId, files, all))) return;
  for (const { name, state, reason } of files)
    if (state === "quarantined" || state === "conflict")
      log(state, { file: name, why: reason?.[language()] });
  const counts = Object.entries(totals.totals).filter(([, count]) => count > 0);
  log("settled", { upload: uploadId, ...Object.fromEntries(counts) });
  remembered.closed(uploadId);
}

/**
 * Whether something arrived of which the server has not heard yet. A file that changed before it was sent, or that the storage
 * refused, stays announced for ever, and is not remembered as sent with this upload as it is.
 */
function isUnderWay(
  { remembered }: Settling,
  uploadId: string,
  files: readonly LedgerFile[],
  all: ReadonlyMap<string, WatchedFile>,
): boolean {
  const awaiting = files.filter(({ state }) => state === "awaiting");
  if (awaiting.length === 0) return false;
  const heard = new Set(files.filter(({ state }) => state !== "awaiting").map(({ name }) => name));
  const late = awaiting.filter(({ name }) => !heard.has(name));
  return [...all.values()].some(
    (file) =>
      remembered.uploadsOf(file.name, file).includes(uploadId) && late.some((line) => isOf(line, file)),
  );
}

/** The file's own line, or one of what is inside it. */
const isOf = ({ name }: LedgerFile, file: WatchedFile): boolean =>
  name === file.name || name.startsWith(`${file.name}/`);

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
    const lines = uploads.flatMap((one) => ledgers.get(one) ?? []).filter((line) => isOf(line, file));
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
