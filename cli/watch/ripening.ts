/**
 * Which files of a watched folder are complete. Only looking tells: network drives send no notice of changes, and no notice says
 * that a writer is done. A file is ripe when its size and time have stayed the same for a while of this process's own clock.
 */
import { stat } from "node:fs/promises";
import { walkFolder } from "../upload/walk-folder.ts";

export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}
export interface WatchedFile extends Stamp {
  readonly path: string | Buffer;
  /** Relative to the folder, as the ledger shows it. */
  readonly name: string;
}

export const sameStamp = (a: Stamp, b: Stamp): boolean => a.size === b.size && a.mtimeMs === b.mtimeMs;

/** Names under which programs write what is not complete yet, and what systems leave everywhere. */
const unfinishedName =
  /(?:^|\/)(?:\.|~\$|thumbs\.db$|desktop\.ini$)|~$|\.(?:part|partial|tmp|temp|filepart|crdownload|download|swp|lock)$/i;

export interface Looked {
  /** Every file that is there, by name. */
  readonly all: ReadonlyMap<string, WatchedFile>;
  readonly ripe: readonly WatchedFile[];
  /** Folders that could not be entered: what is in them may be there still. */
  readonly closed: readonly string[];
}

interface Since {
  readonly stamp: Stamp;
  /** `performance.now()`: the clock of the file system or the computer may be set meanwhile. */
  readonly at: number;
}

export class Ripening {
  readonly #folder: string;
  readonly #milliseconds: number;
  #since = new Map<string, Since>();

  constructor(folder: string, seconds: number) {
    this.#folder = folder;
    this.#milliseconds = seconds * 1000;
  }

  /** Throws the file system's errors when the folder itself cannot be read. */
  async look(): Promise<Looked> {
    const since = new Map<string, Since>();
    const all = new Map<string, WatchedFile>();
    const ripe: WatchedFile[] = [];
    const entries = await walkFolder(this.#folder);
    for (const { path, name, closed } of entries) {
      if (closed || unfinishedName.test(name)) continue;
      const found = await statOf(path);
      if (found === undefined || found.size === 0) continue;
      const file = { path, name, ...found };
      const before = this.#since.get(name);
      const one = before && sameStamp(before.stamp, found) ? before : { stamp: found, at: performance.now() };
      since.set(name, one);
      all.set(name, file);
      if (performance.now() - one.at >= this.#milliseconds) ripe.push(file);
    }
    this.#since = since;
    return { all, ripe, closed: entries.filter(({ closed }) => closed).map(({ name }) => name) };
  }
}

/** undefined for what is no file, or not there any more. */
export async function statOf(path: string | Buffer): Promise<Stamp | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? { size: found.size, mtimeMs: found.mtimeMs } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
