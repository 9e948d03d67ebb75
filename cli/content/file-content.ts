import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Content, ContentChanged } from "./content.ts";

/** What is the same as long as nobody writes to a file. Never compared with a clock: that may be hours off. */
interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** A file as it is now; `undefined` for what is no file. Throws the file system's errors. */
export async function fileContent(path: string | Buffer): Promise<Content | undefined> {
  const found = await stat(path);
  if (!found.isFile()) return undefined;
  return new FileContent(path, found);
}

class FileContent implements Content {
  readonly size: number;
  readonly #path: string | Buffer;
  readonly #stamp: Stamp;

  constructor(path: string | Buffer, stamp: Stamp) {
    this.#path = path;
    this.#stamp = stamp;
    this.size = stamp.size;
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end <= start) return;
    let left = end - start;
    for await (const piece of createReadStream(this.#path, { start, end: end - 1 })) {
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw new ContentChanged("The file has become shorter.");
  }

  async requireUnchanged(): Promise<void> {
    const now = await stat(this.#path).catch((cause: unknown) => {
      throw new ContentChanged("The file is not there any more.", { cause });
    });
    const same = (["size", "mtimeMs", "ino"] as const).every((each) => now[each] === this.#stamp[each]);
    if (!same) throw new ContentChanged("The file was written to while it was being sent.");
  }
}
