/** A file that stays here, and why. */
import { type LeftOut, leftOut } from "../../shared/upload/left-out.ts";

export interface SkippedFile {
  readonly name: string;
  readonly reason: { readonly code: LeftOut; readonly en: string; readonly zh: string };
}

export const skipped = (name: string, code: LeftOut): SkippedFile => ({
  name,
  reason: { code, ...leftOut[code] },
});

/** What cannot be read may be an image: nobody should take the folder for done. */
export const mayBeImage = ({ reason }: SkippedFile): boolean => reason.code.startsWith("unreadable");
