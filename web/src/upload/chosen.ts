/** What a drop or a picker gives: with handles where the browser has them, so that a closed page can go on. */
import { type Gathered, gatherEntries, gatherFiles, gatherHandles, type OnFound } from "./gather.ts";

export interface Chosen {
  readonly gathered: Gathered;
  readonly handles?: readonly FileSystemHandle[];
}

interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}
interface PickingWindow {
  showDirectoryPicker?(options: { readonly mode: "read" }): Promise<FileSystemDirectoryHandle>;
}
interface AskingHandle extends FileSystemHandle {
  requestPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
}

/** Items are gone once the event is over, so both kinds are asked for at once. */
export async function fromDrop(transfer: DataTransfer, onFound: OnFound): Promise<Chosen> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file") as HandleItem[];
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const asked = items.map((item) => item.getAsFileSystemHandle?.().catch(() => null));
  const handles = (await Promise.all(asked)).filter((handle) => handle !== null && handle !== undefined);
  if (handles.length > 0 && handles.length === items.length)
    return { gathered: await gatherHandles(handles, onFound), handles };
  if (entries.length > 0) return { gathered: await gatherEntries(entries, onFound) };
  return { gathered: gatherFiles([...transfer.files]) };
}

export const fromInput = (list: FileList): Chosen => ({ gathered: gatherFiles([...list]) });

export const canPickFolder = (): boolean => (window as PickingWindow).showDirectoryPicker !== undefined;

/** undefined where the person changed their mind. */
export async function pickFolder(onFound: OnFound): Promise<Chosen | undefined> {
  try {
    const handle = await (window as PickingWindow).showDirectoryPicker?.({ mode: "read" });
    return handle && { gathered: await gatherHandles([handle], onFound), handles: [handle] };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    throw error;
  }
}

/** What was chosen before the page was closed; undefined where the browser, or the person, does not allow it any more. */
export async function chosenBefore(
  handles: readonly FileSystemHandle[],
  onFound: OnFound,
): Promise<Chosen | undefined> {
  for (const handle of handles as readonly AskingHandle[])
    if ((await handle.requestPermission?.({ mode: "read" })) !== "granted") return undefined;
  return { gathered: await gatherHandles(handles, onFound), handles };
}
