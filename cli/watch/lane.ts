/** What of a watched folder goes up with one priority: read when it is ripe, announced, sent, and remembered. */
import { isNo } from "../failures.ts";
import { beginEmergency } from "../line/emergency.ts";
import { language } from "../locale.ts";
import type { Announced } from "../upload/announce.ts";
import { mayBeImage, type SkippedFile } from "../upload/left-out.ts";
import { type FoundFile, scanFile } from "../upload/scan-folder.ts";
import { sendAll } from "../upload/send-all.ts";
import type { Line } from "../upload/send-piece.ts";
import type { WatchEvent } from "./log.ts";
import { OpenUpload, type OpenUploadOptions } from "./open-upload.ts";
import { sameStamp, statOf, type WatchedFile } from "./ripening.ts";

export interface LaneOptions extends OpenUploadOptions {
  readonly line: Line;
  readonly stopped: () => boolean;
}

/** Files taken at a time: few enough that what ripens meanwhile, and a wish to stop, is soon noticed. */
const batch = 50;

/** A file of the folder with what it holds: itself, or what is in an archive. */
interface Taken {
  readonly file: WatchedFile;
  readonly found: readonly FoundFile[];
  /** Something inside may be an image and could not be read. */
  readonly partly: boolean;
}

interface KeptAs {
  /** The file's own content, whose checksum tells it again; an archive's members do not. */
  readonly found: FoundFile | undefined;
  readonly uploads?: readonly string[];
  readonly partly?: boolean;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #upload: OpenUpload;
  readonly #queue = new Map<string, WatchedFile>();
  /** Told once a file, not at every look. */
  readonly #told = new Map<string, WatchEvent>();
  #batch = batch;
  sent = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#upload = new OpenUpload(options);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Uploads to which files may still be added. */
  get openUploads(): readonly string[] {
    return this.#upload.uploadIds;
  }

  offer(file: WatchedFile): void {
    const queued = this.#queue.get(file.name);
    if (queued && sameStamp(queued, file)) return;
    if (!this.#options.remembered.knows(file.name, file)) this.#queue.set(file.name, file);
  }

  /**
   * Sends the next files, or completes what is quiet; whether there was anything to do. Throws CommandFailed when the line is
   * away or the server refuses: then the files wait here.
   */
  async step(ripening: boolean): Promise<boolean> {
    if (this.#queue.size === 0) return this.#upload.completeWhatIsQuiet(ripening);
    const emergency = this.#options.name === "stat" ? beginEmergency() : undefined;
    const files = [...this.#queue.values()].slice(0, this.#batch);
    try {
      await this.#forward(await this.#take(files));
      for (const file of files) if (this.#queue.get(file.name) === file) this.#queue.delete(file.name);
      this.#batch = batch;
      await this.#upload.went();
      return true;
    } catch (error) {
      this.#upload.failed();
      if (isNo(error)) this.#standAside(files);
      throw error;
    } finally {
      emergency?.end();
    }
  }

  /** What the server refuses must not keep the others back: from here on one at a time, this one last. */
  #standAside([first]: readonly WatchedFile[]): void {
    if (this.#batch === 1 && first && this.#queue.delete(first.name)) this.#queue.set(first.name, first);
    this.#batch = 1;
  }

  /** Reads the files; those that hold nothing to send are done with. */
  async #take(files: readonly WatchedFile[]): Promise<readonly Taken[]> {
    const { remembered, stopped } = this.#options;
    const taken: Taken[] = [];
    for (const file of files) {
      if (stopped()) break;
      // Of a batch that did not go through, and is here again.
      if (remembered.knows(file.name, file)) continue;
      const scan = await scanFile(file.path, file.name);
      // The same bytes under a new time: somebody touched the file.
      const isSent = ({ name, sha256 }: FoundFile): boolean =>
        name === file.name && remembered.uploadOfBytes(name, sha256) !== undefined;
      const found = scan.files.filter((one) => !isSent(one));
      const troubled = scan.skipped.filter(mayBeImage);
      for (const one of troubled) this.#tell(one);
      if (found.length > 0) taken.push({ file, found, partly: troubled.length > 0 });
      // What may become readable is looked at again; what is no image is not.
      else if (!troubled.some(isPassing)) this.#keep(file, { found: scan.files[0] });
    }
    return taken;
  }

  async #forward(taken: readonly Taken[]): Promise<void> {
    if (taken.length === 0) return;
    const { client, line, stopped } = this.#options;
    const announced = await this.#upload.announce(taken.flatMap(({ found }) => found));
    const left = await sendAll(client.patient(), line, announced, { silent: true, stopped });
    for (const one of left) this.#tell(one);
    // The next start asks the server what had arrived.
    if (!stopped()) await this.#keepSent(taken, announced, new Map(left.map((one) => [one.name, one])));
  }

  async #keepSent(
    taken: readonly Taken[],
    announced: readonly Announced[],
    left: ReadonlyMap<string, SkippedFile>,
  ): Promise<void> {
    const uploads = new Map(announced.map(({ file, uploadId }) => [file, uploadId]));
    const counts = new Map<string, number>();
    for (const { file, found, partly } of taken) {
      const now = await statOf(file.path);
      const missing = found.flatMap(({ name }) => left.get(name) ?? []);
      if (now === undefined || !sameStamp(now, file) || missing.some(isPassing)) continue;
      const of = (one: FoundFile): string => uploads.get(one) as string;
      const all = [...new Set(found.map(of))];
      this.#keep(file, { found: found[0], uploads: all, partly: partly || missing.length > 0 });
      for (const one of found.filter(({ name }) => !left.has(name)))
        counts.set(of(one), (counts.get(of(one)) ?? 0) + 1);
    }
    for (const [upload, files] of counts) {
      this.sent += files;
      this.#options.log("sent", { files, upload, lane: this.#options.name });
    }
  }

  #keep({ size, mtimeMs, name }: WatchedFile, { found, uploads = [], partly = false }: KeptAs): void {
    const { remembered } = this.#options;
    const sha256 = found?.name === name ? found.sha256 : undefined;
    const [upload = sha256 && remembered.uploadOfBytes(name, sha256), ...more] = uploads;
    remembered.remember(name, {
      ...{ size, mtimeMs },
      ...(sha256 && { sha256 }),
      ...(upload && { upload }),
      ...(more.length > 0 && { more }),
      ...(partly && { partly }),
    });
    this.#told.delete(name);
  }

  #tell(one: SkippedFile): void {
    const event = one.reason.code === "unreadable-changed" ? "changed" : "unreadable";
    if (this.#told.get(one.name) === event) return;
    this.#told.set(one.name, event);
    this.#options.log(event, { file: one.name, why: one.reason[language()], lane: this.#options.name });
  }
}

/** It may be another at the next look: a file that is written to, or held by the program that writes it. */
const isPassing = ({ reason }: SkippedFile): boolean =>
  reason.code === "unreadable-changed" || reason.code === "unreadable";
