/** Goes through a folder, a folder at a time: one that cannot be entered must not keep a disc's others from going up. */
import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { basename, sep } from "node:path";
import { Names, textOf } from "../content/names.ts";

export interface Entry {
  /** Bytes where the name is not UTF-8, such as GBK out of an old archive: as text it would not be found again. */
  readonly path: string | Buffer;
  /** Relative to the folder, with forward slashes; no two are alike. */
  readonly name: string;
  /** A folder that cannot be entered, instead of a file. */
  readonly closed: boolean;
}

interface Found {
  readonly path: Buffer;
  readonly closed: boolean;
}

/** Everything under the folder that is not itself a folder, by name. Throws what reading the folder itself throws. */
export async function walkFolder(folder: string): Promise<readonly Entry[]> {
  const root = Buffer.from(folder.endsWith(sep) ? folder.slice(0, -sep.length) || sep : folder);
  const found: Found[] = [];
  const ahead = await readOne(root, found);
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const path = next;
    const inside = await readOne(path, found).catch((error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error;
      found.push({ path, closed: true });
      return [];
    });
    for (const each of inside) ahead.push(each);
  }
  const names = new Names();
  return found
    .sort((a, b) => Buffer.compare(a.path, b.path))
    .map(({ path, closed }) => ({ path: readable(path), name: names.give(insideOf(root, path)), closed }));
}

/** Adds the folder's files to `found`; resolves to its folders. */
async function readOne(folder: Buffer, found: Found[]): Promise<Buffer[]> {
  const folders: Buffer[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" })) {
    const path = Buffer.concat([folder, Buffer.from(sep), entry.name]);
    if (entry.isDirectory()) folders.push(path);
    else found.push({ path, closed: false });
  }
  return folders;
}

const readable = (path: Buffer): string | Buffer => (isUtf8(path) ? path.toString() : path);

/** Of a file that was named by itself. */
export const plainName = (path: string): string => new Names().give(basename(path));

const insideOf = (root: Buffer, path: Buffer): string =>
  textOf(path.subarray(root.length + sep.length))
    .split(sep)
    .join("/");
