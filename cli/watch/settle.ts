/** Follows completed uploads until every file is final, says what needs a person, and puts away what is safe. */
import type { Ledger, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { Refused } from "../failures.ts";
import { language } from "../locale.ts";
import { readLedger } from "../upload/ledger.ts";
import { areSafe, type Disposal, dispose, isSafe } from "./dispose.ts";
import type { Log } from "./log.ts";
import type { Remembered, SentAs } from "./remembered.ts";
import { type Stamp, sameStamp, type WatchedFile } from "./ripening.ts";

export interface SettlingOptions {
  readonly client: ApiClient;
  readonly remembered: Remembered;
  readonly log: Log;
  readonly disposal?: Disposal | undefined;
  /** Milliseconds after which a ledger that was read for nothing is read again at first. */
  readonly every: number;
}

/** Milliseconds between two readings of a whole ledger, at most: of a large upload that is many pages. */
const longestPause = 5 * 60_000;

interface Pause {
  readonly milliseconds: number;
  /** `performance.now()` */
  readonly until: number;
}

export class Settling {
  readonly #options: SettlingOptions;
  /** By upload. */
  readonly #pauses = new Map<string, Pause>();
  /** Files that could not be put away, by name: told once as they are. */
  readonly #told = new Map<string, Stamp>();

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  /** `all`: what is in the folder now. Throws CommandFailed when the line is away. */
  async settle(uploadId: string, all: ReadonlyMap<string, WatchedFile>): Promise<void> {
    const { remembered } = this.#options;
    if (performance.now() < (this.#pauses.get(uploadId)?.until ?? 0)) return;
    const totals = await this.#totalsOf(uploadId);
    if (totals === undefined) return this.#close(uploadId);
    if (totals.completedAt === undefined || totals.totals.stored > 0) return;
    const { files } = await readLedger(this.#options.client, uploadId);
    const sent = [...all.values()].flatMap((file) => {
      const as = remembered.sentAs(file.name, file);
      return as?.uploads.includes(uploadId) ? [{ file, as }] : [];
    });
    const over = !isUnderWay(files, sent) && (await this.#putAway(uploadId, files, sent));
    if (!over) return this.#pause(uploadId);
    this.#tell(uploadId, totals, files);
    this.#close(uploadId);
  }

  /** undefined of an upload that was removed at the server, or is of another hospital. */
  #totalsOf(uploadId: string): Promise<Ledger | undefined> {
    const path = `/v1/uploads/${uploadId}?limit=1`;
    return this.#options.client.get<Ledger>(path).catch((error: unknown) => {
      if (error instanceof Refused && [403, 404].includes(error.status)) return undefined;
      throw error;
    });
  }

  #pause(uploadId: string): void {
    const last = this.#pauses.get(uploadId)?.milliseconds;
    const milliseconds = last === undefined ? this.#options.every : Math.min(last * 2, longestPause);
    this.#pauses.set(uploadId, { milliseconds, until: performance.now() + milliseconds });
  }

  #close(uploadId: string): void {
    this.#pauses.delete(uploadId);
    this.#options.remembered.closed(uploadId);
  }

  #tell(upload: string, { totals }: Ledger, files: readonly LedgerFile[]): void {
    const { log } = this.#options;
    for (const { name, state, reason } of files)
      if (state === "quarantined" || state === "conflict")
        log(state, { file: name, why: reason?.[language()] });
    log("settled", {
      upload,
      ...Object.fromEntries(Object.entries(totals).filter(([, count]) => count > 0)),
    });
  }

  /** false when something could not be put away, which is tried again. */
  async #putAway(uploadId: string, files: readonly LedgerFile[], sent: readonly Sent[]): Promise<boolean> {
    const { client, remembered, disposal } = this.#options;
    if (disposal === undefined) return true;
    let whole = true;
    const ledgers = new Map([[uploadId, files]]);
    for (const one of sent) {
      // The last of them to settle puts it away.
      const others = one.as.uploads.filter((id) => id !== uploadId);
      if (others.some((id) => remembered.isOpen(id))) continue;
      for (const id of others) if (!ledgers.has(id)) ledgers.set(id, (await readLedger(client, id)).files);
      const lines = one.as.uploads.flatMap((id) => linesOf(one, ledgers.get(id) ?? []));
      const safe = one.as.sha256 === undefined ? areSafe(lines) : isSafe(lines);
      if (safe && !(await this.#dispose(one.file, disposal))) whole = false;
    }
    return whole;
  }

  async #dispose(file: WatchedFile, how: Disposal): Promise<boolean> {
    try {
      await dispose(file, how);
      this.#told.delete(file.name);
      return true;
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code;
      if (why === undefined) throw error;
      const told = this.#told.get(file.name);
      if (!told || !sameStamp(told, file)) this.#options.log("not-moved", { file: file.name, why });
      this.#told.set(file.name, file);
      return false;
    }
  }
}

interface Sent {
  readonly file: WatchedFile;
  readonly as: SentAs;
}

/** The file's own lines with the bytes it was sent with, not those of before it was written to; or all of what is inside it. */
const linesOf = ({ file, as }: Sent, lines: readonly LedgerFile[]): readonly LedgerFile[] =>
  as.sha256 === undefined
    ? lines.filter(({ name }) => name.startsWith(`${file.name}/`))
    : lines.filter(({ name, sha256 }) => name === file.name && sha256 === as.sha256);

/**
 * Whether something was sent of which the server has not heard yet. What changed before it was sent stays announced for ever:
 * of an archive's member, the line of its bytes of then is told by another line of the same name that was heard of.
 */
function isUnderWay(files: readonly LedgerFile[], sent: readonly Sent[]): boolean {
  if (files.every(({ state }) => state !== "awaiting")) return false;
  const heard = new Set(files.filter(({ state }) => state !== "awaiting").map(({ name }) => name));
  return sent.some((one) => {
    const lines = linesOf(one, files);
    const late = lines.filter(({ state }) => state === "awaiting");
    return one.as.sha256 === undefined
      ? late.some(({ name }) => !heard.has(name))
      : late.length > 0 && late.length === lines.length;
  });
}
