/** Finds the DICOM files under a folder, and says of everything else why it is left out. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { DicomRejected, readHeader } from "../../shared/dicom/read.ts";
import { rejections } from "../../shared/dicom/rejected.ts";
import { describe } from "../../shared/dicom/summary.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { type Entry, plainName, walkFolder } from "./walk-folder.ts";

export interface FoundFile {
  readonly path: string | Buffer;
  /** Relative to the folder, with forward slashes, as the ledger shows it. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly studyUid?: string;
}
/** Why a file stays here: the server's own words where it would refuse the file too. */
const leftOut = {
  empty: rejections.empty,
  "not-dicom": rejections["not-dicom"],
  dicomdir: rejections.dicomdir,
  unreadable: {
    en: "The file cannot be read: its permissions or the medium do not let it.",
    zh: "文件无法读取：没有权限，或介质损坏。",
  },
  "unreadable-folder": {
    en: "The folder cannot be entered: its permissions or the medium do not let it. What is inside stays here.",
    zh: "文件夹无法打开：没有权限，或介质损坏。其中的文件未上传。",
  },
  "not-a-file": {
    en: "This is neither a file nor a folder, or a link to a folder.",
    zh: "这不是文件或文件夹，或是指向文件夹的链接。",
  },
} as const;
type LeftOut = keyof typeof leftOut;

export interface SkippedFile {
  readonly name: string;
  readonly reason: { readonly code: LeftOut; readonly en: string; readonly zh: string };
}
export interface Scan {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedFile[];
}

const headBytes = 64 * 1024;

/** `onFile` hears of each file as it has been read. Throws CommandFailed when the folder cannot be read. */
export async function scanFolder(folder: string, onFile: (count: number) => void): Promise<Scan> {
  const files: FoundFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const { path, name, closed } of await listEntries(folder)) {
    const look: Look = closed ? { skip: "unreadable-folder" } : await lookAt(path);
    if ("skip" in look) skipped.push({ name, reason: { code: look.skip, ...leftOut[look.skip] } });
    else files.push({ path, name, ...look });
    onFile(files.length + skipped.length);
  }
  return { files, skipped };
}

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

type Look = { readonly skip: LeftOut } | Omit<FoundFile, "path" | "name">;

/** One file that cannot be read must not keep the others of a disc from going up. */
async function lookAt(path: string | Buffer): Promise<Look> {
  try {
    const entry = await stat(path);
    if (!entry.isFile()) return { skip: "not-a-file" };
    if (entry.size === 0) return { skip: "empty" };
    const look = await lookInside(path, entry.size);
    return "skip" in look ? look : { size: entry.size, sha256: await hashFile(path), ...look };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { skip: "unreadable" };
  }
}

/**
 * What is plainly not an image stays here; anything that may be DICOM goes up, broken or not, so that the server's
 * quarantine tells the technician what is wrong with it.
 */
async function lookInside(
  path: string | Buffer,
  size: number,
): Promise<{ skip: LeftOut } | { studyUid?: string }> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(Math.min(headBytes, size));
    await file.read(head, 0, head.length, 0);
    const header = readHeader(head, { totalSize: size });
    return "needBytes" in header ? {} : { studyUid: describe(header.dataset).studyUid };
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    return error.code === "dicomdir" || error.code === "not-dicom" ? { skip: error.code } : {};
  } finally {
    await file.close();
  }
}

async function hashFile(path: string | Buffer): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
