/** A file that stays here, and why. */
import { type LeftOut, leftOut } from "../../shared/upload/left-out.ts";
import { ArchiveUnreadable } from "../content/archive.ts";
import { ContentChanged, ContentDamaged, ContentUnreadable } from "../content/content.ts";

export interface SkippedFile {
  readonly name: string;
  readonly reason: { readonly code: LeftOut; readonly en: string; readonly zh: string };
}

export const skipped = (name: string, code: LeftOut): SkippedFile => ({
  name,
  reason: { code, ...leftOut[code] },
});

/** A fault of our own reader keeps one file here, and not the others of a disc. */
export function whyUnreadable(error: unknown): LeftOut {
  if (error instanceof ArchiveUnreadable) return `unreadable-${error.why}`;
  if (error instanceof ContentChanged) return "unreadable-changed";
  // The unpacker's own errors (`Z_DATA_ERROR`) are of the bytes too.
  if (error instanceof ContentDamaged || /^Z_/.test((error as NodeJS.ErrnoException).code ?? ""))
    return "unreadable-damaged";
  if (error instanceof ContentUnreadable || (error as NodeJS.ErrnoException).code !== undefined)
    return "unreadable";
  return "unreadable-fault";
}

/** What cannot be read may be an image: nobody should take the folder for done. */
export const mayBeImage = ({ reason }: SkippedFile): boolean => reason.code.startsWith("unreadable");
