/**
 * Unfinished uploads, kept in this browser so that they go on after the tab was closed: ids of uploads and, where the browser
 * has them, handles of what was chosen. Names of files and everything about patients stay at the server and on the disc.
 */
import type { Terms } from "./announce.ts";

export interface Unfinished extends Terms {
  readonly id: string;
  /** Whose it is: a hash, since this browser may be others' too. */
  readonly owner: string;
  readonly uploadIds: readonly string[];
  /** UTC, ISO-8601. */
  readonly startedAt: string;
  readonly handles?: readonly FileSystemHandle[];
}

export interface Remembered {
  of(owner: string): Promise<readonly Unfinished[]>;
  keep(unfinished: Unfinished): Promise<void>;
  forget(id: string): Promise<void>;
}

const database = "mic-uploads";
const store = "unfinished";

/** A browser that keeps nothing (private windows of some) must not keep images from going up: then only going on later is lost. */
export function rememberedHere(): Remembered {
  return {
    of: async (owner) => {
      const all = await inStore<Unfinished[]>("readonly", (rows) => rows.getAll()).catch(() => []);
      return all.filter((one) => one.owner === owner).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    },
    keep: (unfinished) => inStore("readwrite", (rows) => rows.put(unfinished)).then(nothing, nothing),
    forget: (id) => inStore("readwrite", (rows) => rows.delete(id)).then(nothing, nothing),
  };
}

const nothing = (): void => undefined;

async function inStore<T>(mode: IDBTransactionMode, ask: (rows: IDBObjectStore) => IDBRequest): Promise<T> {
  const opened = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = opened.transaction(store, mode);
      const request = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    opened.close();
  }
}
