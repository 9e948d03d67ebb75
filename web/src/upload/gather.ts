/** From what a person dropped or chose to a list of files with names as the ledger will show them. */
import { uploadLimits } from "../../../shared/upload/limits.ts";

/** A file somewhere under what was chosen. */
export interface Found {
  /** Folders and name, as the browser gives them. */
  readonly path: readonly string[];
  /** Rejects where it cannot be read any more. */
  readonly open: () => Promise<File>;
}
/** A folder that could not be entered. */
export interface Closed {
  readonly path: readonly string[];
}
export interface Gathered {
  readonly files: readonly Found[];
  readonly closed: readonly Closed[];
}

/** Hears how many files have been found so far: a disc takes its time. */
export type OnFound = (count: number) => void;

/** Everything under entries of a drop (`webkitGetAsEntry`), which every browser has. */
export async function gatherEntries(
  entries: readonly FileSystemEntry[],
  onFound: OnFound,
): Promise<Gathered> {
  const files: Found[] = [];
  const closed: Closed[] = [];
  const ahead = entries.map((entry) => ({ entry, path: [entry.name] as readonly string[] }));
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const { entry, path } = next;
    if (entry.isFile) {
      const file = entry as FileSystemFileEntry;
      files.push({ path, open: () => new Promise((resolve, reject) => file.file(resolve, reject)) });
      onFound(files.length);
      continue;
    }
    const inside = await readAll((entry as FileSystemDirectoryEntry).createReader()).catch(() => undefined);
    if (inside === undefined) closed.push({ path });
    for (const one of inside ?? []) ahead.push({ entry: one, path: [...path, one.name] });
  }
  return { files, closed };
}

/** A reader gives a hundred or so at a time. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Everything under handles (File System Access), which can be kept and asked again after the page was closed. */
export async function gatherHandles(
  handles: readonly FileSystemHandle[],
  onFound: OnFound,
): Promise<Gathered> {
  const files: Found[] = [];
  const closed: Closed[] = [];
  const ahead = handles.map((handle) => ({ handle, path: [handle.name] as readonly string[] }));
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const { handle, path } = next;
    if (handle.kind === "file") {
      files.push({ path, open: () => (handle as FileSystemFileHandle).getFile() });
      onFound(files.length);
      continue;
    }
    try {
      for await (const inside of (handle as FileSystemDirectoryHandle).values())
        ahead.push({ handle: inside, path: [...path, inside.name] });
    } catch {
      closed.push({ path });
    }
  }
  return { files, closed };
}

/** Files of an `<input>`: with `webkitdirectory` each says where under the chosen folder it lies. */
export function gatherFiles(list: readonly File[]): Gathered {
  const files = list.map((file) => ({
    path: (file.webkitRelativePath || file.name).split("/"),
    open: async () => file,
  }));
  return { files, closed: [] };
}

export interface Named<T> {
  readonly name: string;
  readonly of: T;
}

/**
 * Names as the command line gives them, so that either goes on with the other's upload: relative to the one folder that was
 * chosen, in order, and no two alike.
 */
export function nameFiles<T extends { readonly path: readonly string[] }>(
  found: readonly T[],
): readonly Named<T>[] {
  const roots = new Set(found.map(({ path }) => (path.length > 1 ? path[0] : undefined)));
  const inOneFolder = roots.size === 1 && !roots.has(undefined);
  const given = new Set<string>();
  return found
    .map((of) => ({ of, name: plain(inOneFolder ? of.path.slice(1) : of.path) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ of, name }) => ({ of, name: unique(name, given) }));
}

/** The end of a name says more than its beginning. */
const plain = (path: readonly string[]): string =>
  path
    .map((part) => part.replaceAll(/[\p{Cc}\\]/gu, "_"))
    .join("/")
    .slice(-uploadLimits.nameLength + 8)
    .replace(/^\/+/, "");

/** The ledger tells files by name: `a\b` and `a_b` must not become one. */
function unique(name: string, given: Set<string>): string {
  let free = name;
  for (let count = 2; given.has(free); count++) free = `${name} (${count})`;
  given.add(free);
  return free;
}
