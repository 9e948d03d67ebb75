/** Finds the DICOM files under a folder, and says of everything else why it is left out. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { DicomRejected, readHeader } from "../../shared/dicom/read.ts";
import { describe } from "../../shared/dicom/summary.ts";
import { CommandFailed, exitCodes } from "../failures.ts";

export interface FoundFile {
  readonly path: string;
  /** Relative to the folder, with forward slashes, as the ledger shows it. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly studyUid?: string;
}
export interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}
export interface Scan {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedFile[];
}

const headBytes = 64 * 1024;

/** `onFile` hears of each file as it is hashed. Throws CommandFailed when the folder cannot be read. */
export async function scanFolder(folder: string, onFile: (count: number) => void): Promise<Scan> {
  const files: FoundFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const path of await listFiles(folder)) {
    const name = nameWithin(folder, path);
    const { size } = await stat(path);
    const look = size === 0 ? { skip: "empty" } : await lookInside(path, size);
    if ("skip" in look) skipped.push({ name, reason: look.skip });
    else files.push({ path, name, size, sha256: await hashFile(path), ...look });
    onFile(files.length);
  }
  return { files, skipped };
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    if ((await stat(folder)).isFile()) return [folder];
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    throw new CommandFailed(
      `Cannot read ${folder}. Does the folder exist, and may you open it?`,
      exitCodes.usage,
      cause,
    );
  }
}

function nameWithin(folder: string, path: string): string {
  return (relative(folder, path) || basename(path))
    .split(sep)
    .join("/")
    .replaceAll(/[\p{Cc}\\]/gu, "_");
}

/**
 * What is plainly not an image stays here; anything that may be DICOM goes up, broken or not, so that the server's
 * quarantine tells the technician what is wrong with it.
 */
async function lookInside(path: string, size: number): Promise<{ skip: string } | { studyUid?: string }> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(Math.min(headBytes, size));
    await file.read(head, 0, head.length, 0);
    const header = readHeader(head, { totalSize: size });
    return "needBytes" in header ? {} : { studyUid: describe(header.dataset).studyUid };
  } catch (error) {
    if (!(error instanceof DicomRejected)) throw error;
    if (error.code === "dicomdir") return { skip: "DICOMDIR: an index of the disc, not an image" };
    return error.code === "not-dicom" ? { skip: "not DICOM" } : {};
  } finally {
    await file.close();
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
