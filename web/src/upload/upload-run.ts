/** One upload from the chosen files to the last byte sent. Lives outside the page's components: looking elsewhere ends nothing. */
import type { ReadFile } from "../../../shared/upload/plan-announcement.ts";
import type { Api } from "../app/api.ts";
import { Store } from "../app/store.ts";
import { type Announced, announceUploads, resumeUpload, type Terms } from "./announce.ts";
import type { FileLine } from "./file-lines.ts";
import { forEach } from "./for-each.ts";
import { type Found, type Gathered, nameFiles } from "./gather.ts";
import type { Line } from "./line.ts";
import type { Lookers } from "./lookers.ts";
import type { Put } from "./put-bytes.ts";
import type { Remembered, Unfinished } from "./remembered.ts";
import { NotSent, sendFile } from "./send-file.ts";

export type Phase =
  | "reading"
  | "announcing"
  | "sending"
  /** Everything was sent; the ledger says what becomes of it. */
  | "sent"
  /** The same, but for files that could not be read and may be images. */
  | "partly"
  /** Some files could not be sent; the rest was. */
  | "incomplete"
  /** There is not one DICOM file that could be read. */
  | "nothing"
  | "failed"
  /** The person signed out, or began another upload. */
  | "stopped";

export interface RunParts {
  readonly api: Api;
  readonly lookers: Lookers;
  readonly put: Put;
  readonly line: Line;
  readonly remembered: Remembered;
  /** See Unfinished. */
  readonly owner: string;
  readonly terms: Terms;
}

interface Sendable extends ReadFile {
  readonly line: FileLine;
  readonly blob: File;
}

/** What cannot be read may be an image: nobody should take the disc for done. */
export const isUnread = ({ state, why }: FileLine): boolean =>
  state === "skipped" && why?.startsWith("unreadable") === true;

/** Files sent at the same time: as many as a browser has connections to one host, less two for the API. */
const parallel = 4;

export class UploadRun {
  readonly terms: Terms;
  readonly line: Line;
  /** Counts up with every change of what follows; components listen to it. */
  readonly changes = new Store(0);
  readonly files: FileLine[] = [];
  phase: Phase = "reading";
  error: unknown;
  uploadIds: readonly string[] = [];
  /** Whether it goes on with what was begun before. */
  resumed = false;
  readonly #parts: RunParts;
  #record: Unfinished | undefined;
  #told = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.terms = parts.terms;
    this.line = parts.line;
  }

  get busy(): boolean {
    return this.phase === "reading" || this.phase === "announcing" || this.phase === "sending";
  }

  /** Never rejects. `handles`: of what was chosen, to be kept until everything is sent. */
  async run(gathered: Gathered, handles?: readonly FileSystemHandle[]): Promise<void> {
    try {
      const files = await this.#read(gathered);
      if (files.length === 0) return this.#enter("nothing");
      this.#enter("announcing");
      const announced = await this.#announce(files, handles);
      this.#enter("sending");
      await this.#sendAll(announced);
      if (this.files.some(({ state }) => state === "failed")) return this.#enter("incomplete");
      for (const id of this.uploadIds) await this.#parts.api.patient().post(`/v1/uploads/${id}/complete`);
      if (this.#record) await this.#parts.remembered.forget(this.#record.id);
      this.#enter(this.files.some(isUnread) ? "partly" : "sent");
    } catch (error) {
      this.error = error;
      this.#enter("failed");
    } finally {
      this.#parts.lookers.end();
    }
  }

  stop(): void {
    if (!this.busy) return;
    this.#enter("stopped");
    this.line.end();
  }

  async #read({ files: found, closed }: Gathered): Promise<Sendable[]> {
    const { lookers } = this.#parts;
    for (const { name } of nameFiles(closed))
      this.files.push({ name, size: 0, state: "skipped", done: 0, why: "unreadable-folder" });
    const named = nameFiles(found).map(({ name, of }) => {
      const line: FileLine = { name, size: 0, state: "listed", done: 0 };
      this.files.push(line);
      return { line, of };
    });
    this.#changed();
    const read: (Sendable | undefined)[] = [];
    await forEach(named, lookers.count, async ({ line, of }, index) => {
      read[index] = await this.#lookAt(line, of);
    });
    return read.filter((one) => one !== undefined);
  }

  async #lookAt(line: FileLine, found: Found): Promise<Sendable | undefined> {
    this.#mustGoOn();
    const blob = await found.open().catch(() => undefined);
    line.size = blob?.size ?? 0;
    const look =
      blob === undefined
        ? ({ skip: "unreadable" } as const)
        : await this.#parts.lookers
            .look(blob, (bytes) => {
              line.done += bytes;
              this.#changed();
            })
            // One file that its reader stumbles over must not keep the others of a disc from going up.
            .catch(() => ({ skip: "unreadable-fault" }) as const);
    this.#changed();
    line.done = 0;
    if ("skip" in look || blob === undefined) {
      Object.assign(line, { state: "skipped", why: "skip" in look ? look.skip : "unreadable" });
      return undefined;
    }
    line.state = "waiting";
    return { name: line.name, line, blob, ...look };
  }

  async #announce(
    files: readonly Sendable[],
    handles: readonly FileSystemHandle[] | undefined,
  ): Promise<readonly Announced<Sendable>[]> {
    const { terms, remembered, owner } = this.#parts;
    const api = this.#parts.api.patient();
    const known = await this.#resume(files);
    const there = new Set(known.map(({ file }) => file));
    this.#record ??= {
      ...{ id: crypto.randomUUID(), owner, ...terms, uploadIds: [] },
      startedAt: new Date().toISOString(),
    };
    if (handles) this.#record = { ...this.#record, handles };
    const begun = async (uploadId: string): Promise<void> => {
      this.uploadIds = [...this.uploadIds, uploadId];
      this.#record = { ...(this.#record as Unfinished), uploadIds: this.uploadIds };
      await remembered.keep(this.#record);
    };
    const rest = files.filter((file) => !there.has(file));
    return [...known, ...(await announceUploads(api, rest, files, terms, begun))];
  }

  /** Of unfinished uploads on the same terms, the first that holds any of these files. */
  async #resume(files: readonly Sendable[]): Promise<readonly Announced<Sendable>[]> {
    const { terms, remembered, owner } = this.#parts;
    const api = this.#parts.api.patient();
    for (const record of await remembered.of(owner)) {
      const left = new Set(files);
      const known: Announced<Sendable>[] = [];
      const ids: string[] = [];
      for (const uploadId of record.uploadIds) {
        const found = await resumeUpload(api, uploadId, [...left], terms);
        if (found === undefined) continue;
        ids.push(uploadId);
        known.push(...found);
        for (const { file } of found) left.delete(file);
      }
      if (known.length === 0) continue;
      this.#record = record;
      this.uploadIds = ids;
      this.resumed = true;
      return known;
    }
    return [];
  }

  async #sendAll(announced: readonly Announced<Sendable>[]): Promise<void> {
    const { put, line } = this.#parts;
    const api = this.#parts.api.patient();
    await forEach(announced, parallel, async ({ file, uploadId, toSend }) => {
      this.#mustGoOn();
      const shown = file.line;
      shown.state = "sending";
      const onBytes = (sent: number): void => {
        shown.done = sent;
        this.#changed();
      };
      try {
        await sendFile({ api, put, line, uploadId, onBytes }, file.blob, toSend);
        shown.state = "sent";
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        Object.assign(shown, { state: "failed", done: 0, why: error.why });
      }
      this.#changed();
    });
  }

  #mustGoOn(): void {
    if (this.phase === "stopped") throw new Error("stopped");
  }

  #enter(phase: Phase): void {
    if (this.phase === "stopped") return;
    this.phase = phase;
    this.changes.value++;
  }

  /** Bytes arrive thousands of times a second; a person sees ten. */
  #changed(): void {
    if (this.#told) return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      this.changes.value++;
    }, 100);
  }
}
