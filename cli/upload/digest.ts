/** SHA-256 of what is to be sent, over the whole and over each part. */
import { createHash } from "node:crypto";
import { type Content, ContentChanged, ContentUnreadable } from "../content/content.ts";

export async function sha256Of(content: Content): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content.read(0, content.size)) hash.update(piece);
  return hash.digest("hex");
}

/**
 * SHA-256 (hex) of every part, from one reading: of what is packed in an archive, reading a part means unpacking all before it.
 * Throws ContentChanged when the whole is not what was announced (parts of before and of after would be assembled into a file
 * that never was), ContentUnreadable when it cannot be read any more.
 */
export async function partDigests(
  content: Content,
  partSize: number,
  announced: string,
): Promise<readonly string[]> {
  const [whole, parts] = [createHash("sha256"), new Parts(partSize)];
  try {
    for await (const piece of content.read(0, content.size)) {
      whole.update(piece);
      parts.update(piece);
    }
  } catch (cause) {
    if (cause instanceof ContentChanged) throw cause;
    throw new ContentUnreadable("The file cannot be read any more.", { cause });
  }
  if (whole.digest("hex") !== announced)
    throw new ContentChanged("The file was written to after it was read.");
  return parts.digests();
}

class Parts {
  readonly #size: number;
  readonly #done: string[] = [];
  #hash = createHash("sha256");
  #left: number;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#left);
      this.#hash.update(piece);
      this.#left -= piece.length;
      at += piece.length;
      if (this.#left === 0) this.#end();
    }
  }

  digests(): readonly string[] {
    if (this.#left < this.#size) this.#end();
    return this.#done;
  }

  #end(): void {
    this.#done.push(this.#hash.digest("hex"));
    this.#hash = createHash("sha256");
    this.#left = this.#size;
  }
}
