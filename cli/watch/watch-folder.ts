/** `mic watch`: whatever lands in a folder goes up, for as long as the process lives, whatever the line does meanwhile. */
import type { CreateUploadRequest } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { lineFor } from "../upload/upload-folder.ts";
import type { Disposal } from "./dispose.ts";
import { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import { type LaneName, Remembered } from "./remembered.ts";
import { type Looked, Ripening } from "./ripening.ts";
import { Settling } from "./settle.ts";
import { Steadfast } from "./steadfast.ts";

export interface WatchOptions {
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  readonly parallel: number;
  readonly limit?: number | undefined;
  /** Folder directly inside the watched one whose files are emergencies; in any case of letters. */
  readonly statFolder: string;
  /** Seconds for which a file must stay the same. */
  readonly settled: number;
  /** Seconds without a new file after which an upload is completed. */
  readonly quiet: number;
  /** Seconds between two looks. */
  readonly every: number;
  /** Seconds between two health lines. */
  readonly health: number;
  readonly disposal?: Disposal | undefined;
}

const lanes: readonly LaneName[] = ["stat", "routine"];
/** Looking takes at most this part of the time: a network drive with many files is slow to read. */
const share = 0.1;

/** Resolves after `signal`, when nothing is on its way any more. Throws nothing that waiting could mend. */
export async function watchFolder(
  client: ApiClient,
  folder: string,
  options: WatchOptions,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const watching = new Watching(client, folder, options, log, signal);
  log("watching", { folder });
  await watching.run();
  log("stopped", watching.health());
}

class Watching {
  readonly #client: ApiClient;
  readonly #options: WatchOptions;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #ripening: Ripening;
  readonly #remembered: Remembered;
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  /** Undefined until the folder could be read. */
  #looked: Looked | undefined;
  readonly #steadfast: Steadfast;
  readonly #settling: Settling;
  #folderAway = false;

  constructor(client: ApiClient, folder: string, options: WatchOptions, log: Log, signal: AbortSignal) {
    this.#client = client;
    this.#options = options;
    this.#log = log;
    this.#signal = signal;
    this.#steadfast = new Steadfast(log, signal);
    this.#ripening = new Ripening(folder, options.settled);
    this.#remembered = new Remembered(client.base, folder, (error) =>
      log("state-unwritable", { why: (error as NodeJS.ErrnoException).code }),
    );
    const { disposal, every } = options;
    this.#settling = new Settling({
      client,
      remembered: this.#remembered,
      log,
      disposal,
      every: every * 1000,
    });
    this.#lanes = { routine: this.#lane("routine"), stat: this.#lane("stat") };
  }

  #lane(name: LaneName): Lane {
    const { encounterClass, quiet } = this.#options;
    return new Lane({
      name,
      client: this.#client,
      line: {
        ...lineFor({ priority: name, ...this.#options }),
        notice: (there, why) => this.#steadfast.lineIs(there, why),
        signal: this.#signal,
      },
      remembered: this.#remembered,
      log: this.#log,
      encounterClass,
      quiet: quiet * 1000,
      stopped: () => this.#signal.aborted,
    });
  }

  async run(): Promise<void> {
    await Promise.all([
      this.#lookAgainAndAgain(),
      ...lanes.map((name) =>
        this.#steadfast.again(() => this.#lanes[name].step(this.#isRipening(name)), 500),
      ),
      this.#steadfast.again(() => this.#settleAll(), this.#options.every * 1000),
      this.#tellHealth(),
    ]);
  }

  health() {
    const { routine, stat } = this.#lanes;
    return {
      waiting: routine.waiting + stat.waiting,
      ripening: this.#looked ? this.#looked.all.size - this.#looked.ripe.length : 0,
      sent: routine.sent + stat.sent,
      unsettled: lanes.flatMap((name) => this.#remembered.openUploads(name)).length,
      line: this.#steadfast.away ? "away" : "there",
    };
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (!this.#signal.aborted) {
      const began = performance.now();
      await this.#look();
      const took = performance.now() - began;
      await this.#steadfast.pause(Math.max(this.#options.every * 1000, took / share));
    }
  }

  async #look(): Promise<void> {
    let looked: Looked;
    try {
      looked = await this.#ripening.look();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      if (!this.#folderAway) this.#log("folder-away", { why: (error as NodeJS.ErrnoException).code });
      this.#folderAway = true;
      return;
    }
    if (this.#folderAway) this.#log("folder-back");
    this.#folderAway = false;
    this.#looked = looked;
    for (const file of looked.ripe) this.#lanes[this.#laneOf(file.name)].offer(file);
    this.#remembered.tidy(looked);
  }

  #laneOf(name: string): LaneName {
    return name.toLowerCase().startsWith(`${this.#options.statFolder.toLowerCase()}/`) ? "stat" : "routine";
  }

  /** Whether something is about to follow, so that an upload is not complete yet. */
  #isRipening(lane: LaneName): boolean {
    if (this.#looked === undefined) return true;
    const ripe = new Set(this.#looked.ripe.map(({ name }) => name));
    return [...this.#looked.all.keys()].some((name) => !ripe.has(name) && this.#laneOf(name) === lane);
  }

  async #settleAll(): Promise<boolean> {
    if (this.#looked === undefined) return false;
    const { all } = this.#looked;
    for (const name of lanes)
      for (const uploadId of this.#remembered.openUploads(name)) {
        if (this.#lanes[name].openUploads.includes(uploadId)) continue;
        await this.#settling.settle(uploadId, all);
        this.#steadfast.lineIs(true);
      }
    return false;
  }

  async #tellHealth(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#steadfast.pause(this.#options.health * 1000);
      if (!this.#signal.aborted) this.#log("health", this.health());
    }
  }
}
