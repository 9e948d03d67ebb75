/** Names as the ledger takes them: relative, forward slashes, no two alike, whatever the medium calls its files. */
import { isUtf8 } from "node:buffer";
import { uploadLimits } from "../../shared/upload/limits.ts";

/** UTF-8, else what archives and discs made in China hold, else with U+FFFD for what cannot be told. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  try {
    return new TextDecoder("gb18030", { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString();
  }
}

export const withoutControls = (name: string): string => name.replaceAll(/[\p{Cc}\\]/gu, "_");

/** Gives every file a name of its own: the ledger tells files by name, and `a\b` and `a_b` must not become one. */
export class Names {
  readonly #given = new Set<string>();
  /** The count to try next: an archive made to harm has one name two hundred thousand times. */
  readonly #next = new Map<string, number>();

  /** `path`: with forward slashes. Steps up and empty steps become underscores or vanish: such a name leads nowhere. */
  give(path: string): string {
    const steps = path.split("/").filter((step) => step !== "" && step !== ".");
    const name = withoutControls(steps.map((step) => (step === ".." ? "__" : step)).join("/")) || "_";
    const room = uploadLimits.nameLength - " (1000000)".length;
    // The end tells files apart; it is cut between whole characters.
    const short = name.length <= room ? name : `…${[...name.slice(1 - room)].slice(1).join("")}`;
    let unique = short;
    let count = this.#next.get(short) ?? 2;
    while (this.#given.has(unique)) unique = `${short} (${count++})`;
    this.#next.set(short, count);
    this.#given.add(unique);
    return unique;
  }
}
