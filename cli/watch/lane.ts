/** What of a watched folder goes up with one priority: announced as it ripens, sent, completed when it is quiet, followed to its end. */
import { randomUUID } from "node:crypto";
import type { CreateUploadRequest, FilesReply } from "../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import type { ApiClient } from "../client.ts";
import { isNo, Refused } from "../failures.ts";
import { beginEmergency } from "../line/emergency.ts";
import { type Announced, inRequests, type Manifest, manifestOf, resume } from "../upload/announce.ts";
import { mayBeImage, type SkippedFile } from "../upload/left-out.ts";
import { type FoundFile, scanFile } from "../upload/scan-folder.ts";
import { sendAll } from "../upload/send-all.ts";
import type { Line } from "../upload/send-piece.ts";
import type { Log, WatchEvent } from "./log.ts";
import type { LaneName, Remembered } from "./remembered.ts";
import { sameStamp, statOf, type WatchedFile } from "./ripening.ts";

export interface LaneOptions {
  readonly name: LaneName;
  readonly client: ApiClient;
  readonly line: Line;
  readonly remembered: Remembered;
  readonly log: Log;
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  /** Milliseconds without a new file after which an upload is completed. */
  readonly quiet: number;
  readonly stopped: () => boolean;
}

/** Files taken at a time: few enough that what ripens meanwhile, and a wish to stop, is soon noticed. */
const batch = 50;
/** Milliseconds for which an upload of a busy folder is kept open: whoever asks for its state wants an end of it. */
const longestOpen = 15 * 60_000;

interface Open {
  readonly uploadId: string;
  readonly since: number;
  files: number;
  lastAdded: number;
}
/** A file of the folder with what it holds: itself, or what is in an archive. */
interface Taken {
  readonly file: WatchedFile;
  readonly found: readonly FoundFile[];
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #queue = new Map<string, WatchedFile>();
  /** Told once a file, not at every look. */
  readonly #told = new Map<string, WatchEvent>();
  /** Uploads of earlier runs, in which some of these files may be announced already. */
  #earlier: readonly string[];
  #open: Open | undefined;
  #batch = batch;
  sent = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#earlier = options.remembered.openUploads(options.name);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  offer(file: WatchedFile): void {
    const queued = this.#queue.get(file.name);
    if (queued && sameStamp(queued, file)) return;
    if (!this.#options.remembered.knows(file.name, file)) this.#queue.set(file.name, file);
  }

  /** Sends the next files, or completes what is quiet. Throws CommandFailed when the line is away: then they wait here. */
  async step(ripening: boolean): Promise<boolean> {
    if (this.#queue.size === 0) return this.#completeWhatIsQuiet(ripening);
    const emergency = this.#options.name === "stat" ? beginEmergency() : undefined;
    const files = [...this.#queue.values()].slice(0, this.#batch);
    try {
      await this.#forward(await this.#take(files));
      for (const file of files) this.#unqueue(file);
      this.#batch = batch;
      return true;
    } catch (error) {
      if (isNo(error)) this.#standAside(files);
      throw error;
    } finally {
      emergency?.end();
    }
  }

  #unqueue(file: WatchedFile): void {
    if (this.#queue.get(file.name) === file) this.#queue.delete(file.name);
  }

  /** What the server refuses must not keep the others back: from here on one at a time, this one last. */
  #standAside([first]: readonly WatchedFile[]): void {
    if (this.#batch === 1 && first && this.#queue.delete(first.name)) this.#queue.set(first.name, first);
    this.#batch = 1;
  }

  /** Reads the files; those that hold nothing to send are done with. */
  async #take(files: readonly WatchedFile[]): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    for (const file of files) {
      if (this.#options.stopped()) break;
      const scan = await scanFile(file.path, file.name);
      const unsent = scan.files.filter(({ name, sha256 }) => !this.#sentBefore(file, name, sha256));
      const troubled = scan.skipped.filter(mayBeImage);
      for (const one of troubled) this.#tell(whyLater(one), one.name);
      if (unsent.length > 0) taken.push({ file, found: unsent });
      // What may become readable is looked at again; what is no image is not.
      else if (!troubled.some(isPassing)) this.#done(file, scan.files[0]?.sha256);
    }
    return taken;
  }

  /** The same bytes under a new time: somebody touched the file. */
  #sentBefore(file: WatchedFile, name: string, sha256: string): boolean {
    return name === file.name && this.#options.remembered.knowsBytes(name, sha256);
  }

  #done(file: WatchedFile, sha256?: string, upload?: string): void {
    const { size, mtimeMs } = file;
    const kept = { size, mtimeMs, ...(sha256 && { sha256 }), ...(upload && { upload }) };
    this.#options.remembered.remember(file.name, kept);
    this.#told.delete(file.name);
  }

  async #forward(taken: readonly Taken[]): Promise<void> {
    if (taken.length === 0) return;
    const { client, line, log, stopped } = this.#options;
    const announced = await this.#announce(taken.flatMap(({ found }) => found));
    const names = new Set<string>();
    const left = await sendAll(client.patient(), line, announced, { silent: true, stopped });
    for (const { name, reason } of left) this.#tell(whyLater({ name, reason }), name);
    for (const { name } of left) names.add(name);
    if (stopped()) return;
    const upload = new Map(announced.map((one) => [one.file, one.uploadId]));
    let sent = 0;
    for (const { file, found } of taken) {
      if (found.some(({ name }) => names.has(name))) continue;
      const now = await statOf(file.path);
      if (now === undefined || !sameStamp(now, file)) continue;
      const [first] = found as [FoundFile];
      this.#done(
        file,
        found.length === 1 && first.name === file.name ? first.sha256 : undefined,
        upload.get(first),
      );
      sent += found.length;
    }
    this.sent += sent;
    if (this.#open) this.#open.lastAdded = performance.now();
    if (sent > 0) log("sent", { files: sent, upload: this.#open?.uploadId, lane: this.#options.name });
  }

  async #announce(files: readonly FoundFile[]): Promise<readonly Announced[]> {
    const { client } = this.#options;
    const announced: Announced[] = [];
    for (const uploadId of this.#earlier) announced.push(...((await resume(client, uploadId, files)) ?? []));
    const known = new Set(announced.map(({ file }) => file));
    const rest = files.filter((file) => !known.has(file));
    for (const request of inRequests(rest.map(manifestOf))) {
      const begun = rest.splice(0, request.length);
      const { uploadId, files: toSend } = await this.#addToOpen(request);
      announced.push(
        ...begun.map((file, index) => ({ file, uploadId, toSend: toSend[index] as Announced["toSend"] })),
      );
    }
    return announced;
  }

  /** Into the open upload, or a new one where there is none, it is full, or it was completed behind our back. */
  async #addToOpen(files: readonly Manifest[]): Promise<FilesReply> {
    const { client, name: priority, encounterClass, remembered } = this.#options;
    const open = this.#open;
    const headers = { "idempotency-key": randomUUID() };
    if (open && open.files + files.length <= uploadLimits.filesPerUpload) {
      const path = `/v1/uploads/${open.uploadId}/files`;
      const reply = await client.post<FilesReply>(path, { files }, headers).catch((error: unknown) => {
        if (error instanceof Refused && [404, 409].includes(error.status)) return undefined;
        throw error;
      });
      if (reply) {
        open.files += files.length;
        return reply;
      }
    }
    if (open) await this.#complete();
    const reply = await client.post<FilesReply>(
      "/v1/uploads",
      { files, priority, encounterClass },
      { "idempotency-key": randomUUID() },
    );
    const now = performance.now();
    this.#open = { uploadId: reply.uploadId, since: now, files: files.length, lastAdded: now };
    remembered.opened(reply.uploadId, priority);
    return reply;
  }

  /** Whether something was done. */
  async #completeWhatIsQuiet(ripening: boolean): Promise<boolean> {
    const now = performance.now();
    if (this.#earlier.length > 0 && !ripening) {
      for (const uploadId of this.#earlier) await this.#completeOne(uploadId);
      this.#earlier = [];
      return true;
    }
    if (this.#open === undefined) return false;
    const quiet = !ripening && now - this.#open.lastAdded >= this.#options.quiet;
    if (!quiet && now - this.#open.since < longestOpen) return false;
    await this.#complete();
    return true;
  }

  async #complete(): Promise<void> {
    if (this.#open) await this.#completeOne(this.#open.uploadId);
    this.#open = undefined;
  }

  async #completeOne(uploadId: string): Promise<void> {
    const { client, log, remembered, name: lane } = this.#options;
    try {
      await client.post(`/v1/uploads/${uploadId}/complete`, {});
      log("completed", { upload: uploadId, lane });
    } catch (error) {
      // Removed at the server, or of another hospital: nothing is to be followed there.
      if (!(error instanceof Refused && [403, 404].includes(error.status))) throw error;
      remembered.closed(uploadId);
    }
  }

  /** The open upload is not settled yet, whatever its files are. */
  get openUploads(): readonly string[] {
    return [...this.#earlier, ...(this.#open ? [this.#open.uploadId] : [])];
  }

  #tell(event: WatchEvent, file: string): void {
    if (this.#told.get(file) === event) return;
    this.#told.set(file, event);
    this.#options.log(event, { file, lane: this.#options.name });
  }
}

const whyLater = ({ reason }: SkippedFile): WatchEvent =>
  reason.code === "unreadable-changed" ? "changed" : "unreadable";
/** It may be another at the next look: a file that is written to, or held by the program that writes it. */
const isPassing = ({ reason }: SkippedFile): boolean =>
  reason.code === "unreadable-changed" || reason.code === "unreadable";
