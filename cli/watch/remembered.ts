/**
 * What a watched folder's files became, kept in the user's state folder so that a restart sends nothing twice: in a journal, for
 * as long as they are in the folder and a fortnight longer. Names are kept as hashes, since they may be patients'.
 */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { stateFolder } from "../state-folder.ts";
import { Journal } from "./journal.ts";
import { type Looked, type Stamp, sameStamp } from "./ripening.ts";

export type LaneName = "routine" | "stat";

/** `upload`: absent for what holds no image and was left where it is. */
interface Kept extends Stamp {
  readonly sha256?: string;
  readonly upload?: string;
  /** Of an archive whose members went up with more than one upload: the others. */
  readonly more?: readonly string[];
  /** Not sent, or an archive of which something was not: it stays, for a person to look at. */
  readonly partly?: true;
  /** Hash of each folder it is in, from the outermost; absent on lines from before folders were noted. */
  readonly folders?: string;
  /** Of watching, when a look first missed it: see `#watched`. */
  readonly missed?: number;
}

export interface SentAs {
  /** All that hold it, or what is inside it. */
  readonly uploads: readonly string[];
  /** Of its own bytes; absent of an archive, whose members were sent. */
  readonly sha256?: string;
}

type Line =
  | ({ readonly file: string } & Kept)
  | { readonly opened: string; readonly lane: LaneName }
  | { readonly closed: string }
  | { readonly watched: number };

/** Lines beyond what is needed before the journal is written anew. */
const slack = 1000;
/** Milliseconds of watching for which a file must be missed before it is forgotten: a drive may be away over the holidays. */
const longestAway = 14 * 24 * 3600_000;
/** Milliseconds of watching between two searches for files that are missed. */
const betweenTidying = 10 * 60_000;

export class Remembered {
  readonly #journal: Journal<Line>;
  readonly #files = new Map<string, Kept>();
  readonly #open = new Map<string, LaneName>();
  #began = performance.now();
  #watchedBefore = 0;
  #tidied = Number.NEGATIVE_INFINITY;
  #lines = 0;

  /** `onTrouble` hears when the journal cannot be written: then only a restart sends again, to a server that knows it. */
  constructor(api: string, folder: string, onTrouble: (error: unknown) => void) {
    const name = hashOf(JSON.stringify([api, resolve(folder)]));
    this.#journal = new Journal(join(stateFolder(), "watch", `${name}.jsonl`), onTrouble);
    for (const line of this.#journal.read()) this.#apply(line);
  }

  /** Whether this file was dealt with as it is. */
  knows(name: string, stamp: Stamp): boolean {
    const kept = this.#files.get(hashOf(name));
    return kept !== undefined && sameStamp(kept, stamp);
  }

  /** The upload in which it was sent with these bytes, under whatever time. */
  uploadOfBytes(name: string, sha256: string): string | undefined {
    const kept = this.#files.get(hashOf(name));
    return kept?.sha256 === sha256 && !kept.partly ? kept.upload : undefined;
  }

  /** As it was sent; undefined where something of it was not. */
  sentAs(name: string, stamp: Stamp): SentAs | undefined {
    const kept = this.knows(name, stamp) ? this.#files.get(hashOf(name)) : undefined;
    if (kept?.upload === undefined || kept.partly) return undefined;
    const { upload, more = [], sha256 } = kept;
    return { uploads: [upload, ...more], ...(sha256 && { sha256 }) };
  }

  /** Not completed, or not settled. */
  isOpen(upload: string): boolean {
    return this.#open.has(upload);
  }

  remember(name: string, kept: Omit<Kept, "folders" | "missed">): void {
    this.#add({ file: hashOf(name), ...kept, folders: trailOf(name.split("/").slice(0, -1)) });
  }

  /** Of earlier runs too: not completed, or not settled. */
  openUploads(lane: LaneName): readonly string[] {
    return [...this.#open].filter(([, of]) => of === lane).map(([id]) => id);
  }

  opened(upload: string, lane: LaneName): void {
    this.#add({ opened: upload, lane });
  }

  closed(upload: string): void {
    this.#add({ closed: upload });
  }

  /**
   * Forgets files that have not been in the folder for long. A look that found nothing says nothing of them, since the place of a
   * share that is not mounted is an empty folder; nor does one that could not enter the folder they are in.
   */
  tidy({ all, closed }: Pick<Looked, "all" | "closed">): void {
    const now = this.#watched;
    if (all.size === 0 || now - this.#tidied < betweenTidying) return;
    this.#tidied = now;
    const there = new Set([...all.keys()].map(hashOf));
    const shut = closed.map((name) => trailOf(name.split("/")));
    let moved = false;
    for (const [file, kept] of this.#files) {
      if (!there.has(file) && isInside(kept, shut)) continue;
      const after = there.has(file) ? seen(kept) : missed(kept, now);
      if (after === kept) continue;
      moved = true;
      if (after) this.#files.set(file, after);
      else this.#files.delete(file);
    }
    if (moved || this.#lines > this.#files.size + this.#open.size + slack) this.#writeAnew(now);
    else this.#add({ watched: now });
  }

  /**
   * Milliseconds for which this folder was watched in all: counted, because the computer's clock may be set, and because of days
   * on which nobody looked nothing is known.
   */
  get #watched(): number {
    return Math.round(this.#watchedBefore + performance.now() - this.#began);
  }

  #writeAnew(watched: number): void {
    const lines: Line[] = [
      { watched },
      ...[...this.#open].map(([opened, lane]) => ({ opened, lane })),
      ...[...this.#files].map(([file, kept]) => ({ file, ...kept })),
    ];
    if (this.#journal.writeAnew(lines)) this.#lines = lines.length;
  }

  #add(line: Line): void {
    this.#apply(line);
    this.#journal.append(line);
  }

  #apply(line: Line): void {
    this.#lines++;
    if ("opened" in line) this.#open.set(line.opened, line.lane);
    else if ("closed" in line) this.#open.delete(line.closed);
    else if ("watched" in line) [this.#watchedBefore, this.#began] = [line.watched, performance.now()];
    else {
      const { file, ...kept } = line;
      this.#files.set(file, kept);
    }
  }
}

function seen(kept: Kept): Kept {
  if (kept.missed === undefined) return kept;
  const { missed: _, ...rest } = kept;
  return rest;
}

/** undefined once it has been missed for long enough. */
function missed(kept: Kept, now: number): Kept | undefined {
  if (kept.missed === undefined) return { ...kept, missed: now };
  return now - kept.missed < longestAway ? kept : undefined;
}

const isInside = ({ folders }: Kept, trails: readonly string[]): boolean =>
  trails.some((trail) => folders === undefined || `${folders}/`.startsWith(`${trail}/`));

/** Enough of each name's hash: two that are alike only keep a name for longer. */
const trailOf = (folders: readonly string[]): string =>
  folders.map((folder) => hashOf(folder).slice(0, 8)).join("/");

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
