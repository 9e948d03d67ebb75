/**
 * What a watched folder's files became, kept in the user's state folder so that a restart sends nothing twice. A journal that is
 * appended to and now and then written anew with what is still in the folder; names are kept as hashes, since they may be
 * patients'.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stateFolder } from "../state-folder.ts";
import { type Stamp, sameStamp } from "./ripening.ts";

export type LaneName = "routine" | "stat";

/** `upload`: absent for what holds no image and was left where it is. */
interface Kept extends Stamp {
  readonly sha256?: string;
  readonly upload?: string;
  /** Of an archive whose members went up with more than one upload: the others. */
  readonly more?: readonly string[];
  /** Not sent, or an archive of which something was not: it stays, for a person to look at. */
  readonly partly?: true;
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
  | { readonly closed: string };

/** Lines beyond what is needed before the journal is written anew. */
const slack = 1000;

export class Remembered {
  readonly #path: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #files = new Map<string, Kept>();
  readonly #open = new Map<string, LaneName>();
  #lines = 0;

  /** `onTrouble` hears when the journal cannot be written: then only a restart sends again, to a server that knows it. */
  constructor(api: string, folder: string, onTrouble: (error: unknown) => void) {
    const name = hashOf(JSON.stringify([api, resolve(folder)]));
    this.#path = join(stateFolder(), "watch", `${name}.jsonl`);
    this.#onTrouble = onTrouble;
    for (const line of this.#read()) this.#apply(line);
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

  remember(name: string, kept: Kept): void {
    this.#add({ file: hashOf(name), ...kept });
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

  /** Forgets files that are not in the folder any more, once the journal has grown. */
  tidy(names: Iterable<string>): void {
    const there = new Set([...names].map(hashOf));
    if (this.#lines <= there.size + this.#open.size + slack) return;
    for (const file of this.#files.keys()) if (!there.has(file)) this.#files.delete(file);
    const lines: Line[] = [
      ...[...this.#open].map(([opened, lane]) => ({ opened, lane })),
      ...[...this.#files].map(([file, kept]) => ({ file, ...kept })),
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    this.#write(() => {
      writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
      this.#lines = lines.length;
    });
  }

  #add(line: Line): void {
    this.#apply(line);
    this.#write(() => appendFileSync(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600 }));
  }

  #apply(line: Line): void {
    this.#lines++;
    if ("opened" in line) this.#open.set(line.opened, line.lane);
    else if ("closed" in line) this.#open.delete(line.closed);
    else {
      const { file, ...kept } = line;
      this.#files.set(file, kept);
    }
  }

  #write(write: () => void): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      write();
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  /** A power cut may have left half a line at the end: what it said is found out again. */
  #read(): readonly Line[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#onTrouble(error);
      return [];
    }
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
  }
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
