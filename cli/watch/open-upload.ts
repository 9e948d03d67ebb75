/** The upload that a lane of a watched folder has open: files are added as they ripen, and it is completed when it is quiet. */
import { randomUUID } from "node:crypto";
import type { CreateUploadRequest, FilesReply, ManifestFile } from "../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import { inRequests } from "../../shared/upload/plan-announcement.ts";
import type { ApiClient } from "../client.ts";
import { Refused } from "../failures.ts";
import { type Announced, type Begun, goOn, manifestOf, readBegun } from "../upload/announce.ts";
import type { FoundFile } from "../upload/scan-folder.ts";
import type { Log } from "./log.ts";
import type { LaneName, Remembered } from "./remembered.ts";

export interface OpenUploadOptions {
  readonly name: LaneName;
  readonly client: ApiClient;
  readonly remembered: Remembered;
  readonly log: Log;
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  /** Milliseconds without a new file after which an upload is completed. */
  readonly quiet: number;
}

/** Milliseconds for which an upload of a busy folder is kept open: whoever asks for its state wants an end of it. */
const longestOpen = 15 * 60_000;

interface Open {
  readonly uploadId: string;
  readonly since: number;
  files: number;
  lastAdded: number;
}

export class OpenUpload {
  readonly #options: OpenUploadOptions;
  #open: Open | undefined;
  /** Of earlier runs, to be completed when it is quiet. */
  #earlier: readonly string[];
  readonly #began = performance.now();
  /** Full, or ended by the server: completed once everything announced in them was sent. */
  #retired: readonly string[] = [];
  /**
   * Uploads that may hold files we do not know to be announced: of earlier runs, and those that were open when a batch failed half
   * way. With what their ledger says, once it was read: it is the whole of a large upload, and changes by us alone.
   */
  readonly #unsure = new Map<string, Begun | undefined>();

  constructor(options: OpenUploadOptions) {
    this.#options = options;
    this.#earlier = options.remembered.openUploads(options.name);
    this.failed();
  }

  /** Not completed yet. */
  get uploadIds(): readonly string[] {
    return [...this.#earlier, ...this.#retired, ...(this.#open ? [this.#open.uploadId] : [])];
  }

  /** Announces what is not announced, by an earlier run or before a failure. */
  async announce(files: readonly FoundFile[]): Promise<readonly Announced[]> {
    const announced: Announced[] = [];
    for (const begun of await this.#readUnsure())
      announced.push(...(await goOn(this.#options.client, begun, files)));
    const known = new Set(announced.map(({ file }) => file));
    const rest = files.filter((file) => !known.has(file));
    for (const request of inRequests(rest.map(manifestOf))) {
      const begun = rest.splice(0, request.length);
      const { uploadId, files: toSend } = await this.#add(request);
      for (const [index, file] of begun.entries())
        announced.push({ file, uploadId, toSend: toSend[index] as Announced["toSend"] });
    }
    return announced;
  }

  /** A batch did not go through, or not all of it. */
  failed(): void {
    for (const uploadId of this.uploadIds) this.#unsure.set(uploadId, undefined);
  }

  /** A batch went through: what will get no more files is completed. */
  async went(): Promise<void> {
    const now = performance.now();
    if (this.#open) this.#open.lastAdded = now;
    if (this.#open && now - this.#open.since >= longestOpen) this.#retire();
    for (const uploadId of this.#retired) await this.#complete(uploadId);
    this.#retired = [];
    if (now - this.#began >= longestOpen) await this.#completeEarlier();
  }

  /** Whether something was completed. `following`: files are about to come. */
  async completeWhatIsQuiet(following: boolean): Promise<boolean> {
    const overdue = performance.now() - this.#began >= longestOpen;
    if ((!following || overdue) && this.#earlier.length > 0) {
      await this.#completeEarlier();
      return true;
    }
    if (this.#open === undefined) return false;
    const now = performance.now();
    const quiet = !following && now - this.#open.lastAdded >= this.#options.quiet;
    if (!quiet && now - this.#open.since < longestOpen) return false;
    await this.#completeOpen();
    return true;
  }

  /** To the open upload, or a new one where there is none, it is full, or it was completed behind our back. */
  async #add(files: readonly ManifestFile[]): Promise<FilesReply> {
    const { client, name: priority, encounterClass, remembered } = this.#options;
    const added = this.#open && (await this.#addTo(this.#open, files));
    if (added) return added;
    this.#retire();
    const request = { files, priority, encounterClass };
    const reply = await client.post<FilesReply>("/v1/uploads", request, once());
    const now = performance.now();
    this.#open = { uploadId: reply.uploadId, since: now, files: files.length, lastAdded: now };
    remembered.opened(reply.uploadId, priority);
    return reply;
  }

  async #addTo(open: Open, files: readonly ManifestFile[]): Promise<FilesReply | undefined> {
    if (open.files + files.length > uploadLimits.filesPerUpload) return undefined;
    const path = `/v1/uploads/${open.uploadId}/files`;
    try {
      const reply = await this.#options.client.post<FilesReply>(path, { files }, once());
      open.files += files.length;
      return reply;
    } catch (error) {
      if (error instanceof Refused && [404, 409].includes(error.status)) return undefined;
      throw error;
    }
  }

  async #completeEarlier(): Promise<void> {
    for (const uploadId of this.#earlier) await this.#complete(uploadId);
    this.#earlier = [];
  }

  #retire(): void {
    if (this.#open) this.#retired = [...this.#retired, this.#open.uploadId];
    this.#open = undefined;
  }

  async #completeOpen(): Promise<void> {
    if (this.#open) await this.#complete(this.#open.uploadId);
    this.#open = undefined;
  }

  async #readUnsure(): Promise<readonly Begun[]> {
    for (const [uploadId, known] of this.#unsure) {
      const begun = known ?? (await readBegun(this.#options.client, uploadId));
      if (begun) this.#unsure.set(uploadId, begun);
      else this.#unsure.delete(uploadId);
    }
    return [...this.#unsure.values()].filter((begun) => begun !== undefined);
  }

  async #complete(uploadId: string): Promise<void> {
    const { client, log, remembered, name: lane } = this.#options;
    try {
      await client.post(`/v1/uploads/${uploadId}/complete`, {});
      log("completed", { upload: uploadId, lane });
    } catch (error) {
      // Removed at the server, or of another hospital: nothing is to be followed there.
      if (!(error instanceof Refused && [403, 404].includes(error.status))) throw error;
      remembered.closed(uploadId);
    }
    this.#unsure.delete(uploadId);
  }
}

const once = () => ({ "idempotency-key": randomUUID() });
