/** Moves or deletes what the ledger says is in the archive, and nothing else. */
import { constants, copyFile, mkdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LedgerFile } from "../../shared/contract/schemas/upload.ts";
import { sameStamp, statOf, type WatchedFile } from "./ripening.ts";

export type Disposal = { readonly moveTo: string } | { readonly delete: true };

/** The archive holds exactly these bytes. */
const safe: ReadonlySet<LedgerFile["state"]> = new Set(["indexed", "duplicate"]);

/** `lines`: of the ledger, of everything inside an archive. */
export const areSafe = (lines: readonly LedgerFile[]): boolean =>
  lines.length > 0 && lines.every(({ state }) => safe.has(state));

/** `lines`: of the ledger, all of the same bytes. One line is enough: the archive holds them, whatever became of another try. */
export const isSafe = (lines: readonly LedgerFile[]): boolean => lines.some(({ state }) => safe.has(state));

/** false when the file was written to since it was sent: then it stays. Throws the file system's errors. */
export async function dispose(file: WatchedFile, how: Disposal): Promise<boolean> {
  const now = await statOf(file.path);
  if (now === undefined || !sameStamp(now, file)) return false;
  if ("delete" in how) await rm(file.path);
  else await move(file.path, join(how.moveTo, file.name));
  return true;
}

async function move(from: string | Buffer, wanted: string): Promise<void> {
  await mkdir(dirname(wanted), { recursive: true });
  const to = await freeName(wanted);
  try {
    await rename(from, to);
  } catch (error) {
    // Another file system: the original goes only when the copy is whole.
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
    const [copied, original] = await Promise.all([stat(to), stat(from)]);
    if (copied.size !== original.size) throw error;
    await unlink(from);
  }
}

/** Nothing that was moved before is overwritten. */
async function freeName(wanted: string): Promise<string> {
  let name = wanted;
  for (let count = 2; (await statOf(name)) !== undefined; count++) name = `${wanted} (${count})`;
  return name;
}
