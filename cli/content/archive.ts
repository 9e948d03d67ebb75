/** What a zip archive or a disc's image has inside. */
import type { Content } from "./content.ts";

export interface Member {
  /** Within the archive, with forward slashes, not yet cleaned. */
  readonly name: string;
  readonly content: Content;
}
/** A file inside that cannot be taken out. */
export interface SealedMember {
  readonly name: string;
  readonly sealed: "encrypted" | "packing" | "cut";
}

/** Real discs have some ten thousand files; an archive of more is made to harm. */
export const memberLimit = 200_000;

/** Why an archive cannot be opened at all. */
export class ArchiveUnreadable extends Error {
  override readonly name = "ArchiveUnreadable";
  readonly why: "archive" | "archive-bomb" | "disc-image";

  constructor(why: ArchiveUnreadable["why"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}
