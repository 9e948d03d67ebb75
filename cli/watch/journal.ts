/** Lines of JSON in the user's state folder: appended to as things happen, and written anew when most of it is past. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export class Journal<Line> {
  readonly #path: string;
  readonly #onTrouble: (error: unknown) => void;

  /** `onTrouble` hears when it cannot be read or written; nothing here throws. */
  constructor(path: string, onTrouble: (error: unknown) => void) {
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  append(line: Line): void {
    this.#write(() => appendFileSync(this.#path, textOf(line), { mode: 0o600 }));
  }

  /** Whether it was. */
  writeAnew(lines: readonly Line[]): boolean {
    return this.#write(() => {
      writeFileSync(`${this.#path}.new`, lines.map(textOf).join(""), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    });
  }

  /** A power cut may have left half a line at the end: what it said is found out again. */
  read(): readonly Line[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#onTrouble(error);
      return [];
    }
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
  }

  #write(write: () => void): boolean {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      write();
      return true;
    } catch (error) {
      this.#onTrouble(error);
      return false;
    }
  }
}

const textOf = (line: unknown): string => `${JSON.stringify(line)}\n`;
