/** Finds the DICOM files under a folder and in the archives there, and says of everything else why it is left out. */
import { stat } from "node:fs/promises";
import type { LeftOut } from "../../shared/upload/left-out.ts";
import type { Content } from "../content/content.ts";
import { fileContent } from "../content/file-content.ts";
import { isoMembers } from "../content/iso-image.ts";
import { Names } from "../content/names.ts";
import { zipMembers } from "../content/zip-archive.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { DiscIndexes, type DiscWarning } from "./disc-index.ts";
import { type SkippedFile, skipped as skippedFile, whyUnreadable } from "./left-out.ts";
import { type Look, lookInside } from "./look-inside.ts";
import { type Entry, plainName, walkFolder } from "./walk-folder.ts";

export interface FoundFile {
  readonly content: Content;
  /** Relative to the folder, with forward slashes, as the ledger shows it. */
  readonly name: string;
  readonly sha256: string;
  readonly studyUid?: string;
  readonly sopUid?: string;
  /** Of a photograph or document: the order it is sent for. */
  readonly orderId?: string;
}
export interface Scan {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedFile[];
  /** Of discs that do not hold what their index lists. */
  readonly warnings: readonly DiscWarning[];
}

/**
 * `onFile` hears of each file as it has been read. `orderId`: photographs and documents are taken too, for this order. Throws
 * CommandFailed when the folder cannot be read.
 */
export async function scanFolder(
  folder: string,
  onFile: (count: number) => void,
  orderId?: string,
): Promise<Scan> {
  const scan = new Scanning(onFile, orderId);
  for (const { path, name, closed } of await listEntries(folder)) {
    if (closed) scan.skip(name, "unreadable-folder");
    else await scan.file(path, name);
  }
  return scan.result();
}

/** What one file of the file system holds: itself, or the members of an archive. */
export async function scanFile(path: string | Buffer, name: string): Promise<Scan> {
  const scan = new Scanning(() => undefined);
  await scan.file(path, name);
  return scan.result();
}

class Scanning {
  readonly #files: FoundFile[] = [];
  readonly #skipped: SkippedFile[] = [];
  readonly #indexes = new DiscIndexes();
  readonly #onFile: (count: number) => void;
  readonly #orderId: string | undefined;

  constructor(onFile: (count: number) => void, orderId?: string) {
    this.#onFile = onFile;
    this.#orderId = orderId;
  }

  async result(): Promise<Scan> {
    const names = [...this.#files, ...this.#skipped].map(({ name }) => name);
    return { files: this.#files, skipped: this.#skipped, warnings: await this.#indexes.compare(names) };
  }

  skip(name: string, code: LeftOut): void {
    this.#skipped.push(skippedFile(name, code));
    this.#onFile(this.#files.length + this.#skipped.length);
  }

  /** One file that cannot be read must not keep the others of a disc from going up. */
  async file(path: string | Buffer, name: string): Promise<void> {
    try {
      const content = await fileContent(path);
      if (content === undefined) {
        this.skip(name, "not-a-file");
        return;
      }
      const look = await lookInside(content, name, this.#orderId);
      if ("open" in look) await this.#archive(path, content, name, look.open);
      else this.#take(content, name, look);
    } catch (error) {
      this.skip(name, whyUnreadable(error));
    }
  }

  #take(content: Content, name: string, look: Exclude<Look, { open: unknown }>): void {
    if ("skip" in look && look.skip === "dicomdir") this.#indexes.add(name, content);
    if ("skip" in look) {
      this.skip(name, look.skip);
      return;
    }
    this.#files.push({ content, name, ...look });
    this.#onFile(this.#files.length + this.#skipped.length);
  }

  async #archive(path: string | Buffer, content: Content, name: string, kind: "zip" | "iso"): Promise<void> {
    const members = await (kind === "zip" ? zipMembers(path, content) : isoMembers(content));
    const inside = new Scanning(() => this.#onFile(this.#files.length + this.#skipped.length), this.#orderId);
    const names = new Names();
    for (const member of members) {
      const unique = names.give(`${name}/${member.name}`);
      if ("sealed" in member) inside.skip(unique, `unreadable-${member.sealed}`);
      else await inside.#member(member.content, unique);
    }
    // A program's resources, say: nobody wants to read that each of a thousand icons is no image.
    const nothing =
      inside.#files.length === 0 && inside.#skipped.every(({ reason }) => harmless(reason.code));
    if (nothing) {
      this.skip(name, "no-images-inside");
      return;
    }
    // One by one: an archive may hold more than a call can take arguments.
    for (const file of inside.#files) this.#files.push(file);
    for (const one of inside.#skipped) this.#skipped.push(one);
    this.#indexes.addAll(inside.#indexes);
  }

  async #member(content: Content, name: string): Promise<void> {
    try {
      const look = await lookInside(content, name, this.#orderId);
      if ("open" in look) this.skip(name, "unreadable-archive-inside");
      else this.#take(content, name, look);
    } catch (error) {
      this.skip(name, whyUnreadable(error));
    }
  }
}

const harmless = (code: LeftOut): boolean => code === "not-dicom" || code === "empty";

/** Everything under the folder that is not itself a folder. */
async function listEntries(folder: string): Promise<readonly Entry[]> {
  try {
    if ((await stat(folder)).isFile()) return [{ path: folder, name: plainName(folder), closed: false }];
    return await walkFolder(folder);
  } catch (cause) {
    throw new CommandFailed(
      `Cannot read ${folder}. Does the folder exist, and may you open it?`,
      exitCodes.usage,
      cause,
    );
  }
}
