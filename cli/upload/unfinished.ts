/**
 * Which uploads of a folder were begun and not finished, so that the same command goes on with them. Kept in the user's own
 * state folder under a hash, never in the clinic's folder, and without names of files: those the ledger knows.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { CreateUploadRequest } from "../../shared/contract/schemas/upload.ts";
import { stateFolder } from "../state-folder.ts";

export interface Errand extends Pick<CreateUploadRequest, "priority" | "encounterClass"> {
  readonly api: string;
  readonly folder: string;
  readonly orderId?: string | undefined;
}

export class Unfinished {
  readonly #file: string;

  constructor({ api, folder, priority, encounterClass, orderId }: Errand) {
    const forOrder = orderId === undefined ? [] : [orderId];
    const what = JSON.stringify([api, resolve(folder), priority, encounterClass, ...forOrder]);
    const name = createHash("sha256").update(what).digest("hex").slice(0, 32);
    this.#file = join(stateFolder(), "uploads", `${name}.mic-upload.json`);
  }

  get uploadIds(): readonly string[] {
    try {
      const { uploadIds } = JSON.parse(readFileSync(this.#file, "utf8")) as { uploadIds?: unknown };
      return Array.isArray(uploadIds) ? uploadIds.filter((id) => /^[0-9A-Z]{26}$/.test(String(id))) : [];
    } catch {
      return [];
    }
  }

  /** A disk that cannot be written must not keep images from going up: then only going on later is lost. */
  remember(uploadIds: readonly string[]): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(this.#file, JSON.stringify({ uploadIds }), { mode: 0o600 });
    } catch {}
  }

  forget(): void {
    rmSync(this.#file, { force: true });
  }
}
