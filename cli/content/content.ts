/** Bytes to be sent: a file's, or those of a file inside an archive or a disc's image. */
export interface Content {
  readonly size: number;
  /**
   * Bytes from `start` up to `end`, again as often as asked. Throws ContentChanged when they are not there any more as they
   * were, and the file system's own errors.
   */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Throws ContentChanged when the file has been written to since it was first looked at. */
  requireUnchanged(): Promise<void>;
  /** The same bytes for whoever reads them part after part, where that is cheaper. */
  inParts?(): ContentInParts | undefined;
}

export interface ContentInParts extends Content {
  /** Closes what is kept open between two parts. */
  letGo(): Promise<void>;
}

/** A file is still being written, or was replaced: what was announced of it is not true any more. */
export class ContentChanged extends Error {
  override readonly name = "ContentChanged";
}

/** The medium or its permissions: a scratched disc, a network drive that went away. */
export class ContentUnreadable extends Error {
  override readonly name: string = "ContentUnreadable";
}

/** Inside an archive: the medium is fine, and the bytes are not those that were packed. */
export class ContentDamaged extends ContentUnreadable {
  override readonly name = "ContentDamaged";
}

/** `length` bytes from `start`, or as many as there are. */
export async function readRange(content: Content, start: number, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const end = Math.min(start + length, content.size);
  for await (const piece of content.read(Math.min(start, end), end)) pieces.push(piece);
  return Buffer.concat(pieces);
}
