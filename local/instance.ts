/** The local cloud that runs, so that a second start says so and `npm stop` ends exactly what was started. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudFile, writeCloudFile } from "./cloud-file.ts";
import { lostBefore, stopEmulator } from "./emulator.ts";
import { places } from "./places.ts";
import { readJsonFile, writePrivateJson } from "./private-file.ts";
import { isRunning, runs } from "./processes.ts";

export interface Instance {
  /** The process that holds the front door. */
  readonly pid: number;
  readonly emulatorPid?: number;
  readonly web?: string;
}

/** Part of the command of every process that holds a local cloud: process numbers are reused. */
const marker = "start.ts";
/** Longer than the emulator may need to save its state: the cloud itself ends it when it does not. */
const patienceMs = 180_000;

/** The instance that is up or coming up, if its process still lives. */
export async function runningInstance(): Promise<Instance | undefined> {
  const instance = await readJsonFile<Instance>(places.instance);
  return instance && (await lives(instance.pid)) ? instance : undefined;
}

/**
 * Takes the folder for this process. Answers the instance that has it already; cleans up after one that was killed.
 */
export async function claimInstance(): Promise<Instance | undefined> {
  await mkdir(places.folder, { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      await writeFile(places.instance, JSON.stringify({ pid: process.pid }), { flag: "wx", mode: 0o600 });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const running = await runningInstance();
    if (running) return running;
    await clearUp();
  }
}

export async function recordInstance(facts: Omit<Instance, "pid">): Promise<void> {
  await writePrivateJson(places.instance, { pid: process.pid, ...facts } satisfies Instance);
}

/** Writes the files that say it runs again where someone removed them: `npm stop` would find nothing to stop. */
export async function keepInstance(cloud: CloudFile): Promise<void> {
  const { web, pids } = cloud;
  try {
    if (!existsSync(places.instance))
      await recordInstance({ web, ...(pids.emulator !== undefined && { emulatorPid: pids.emulator }) });
    if (!existsSync(places.cloud)) await writeCloudFile(cloud);
  } catch {
    // The whole folder was removed.
  }
}

/** After this nobody takes the cloud for running. */
export async function releaseInstance(): Promise<void> {
  await Promise.all([places.cloud, places.instance].map((file) => rm(file, { force: true })));
}

export interface Stopped {
  /** Whether there was one. */
  readonly stopped: boolean;
  /** What could not be saved, in a sentence. */
  readonly loss?: string;
}

/** Ends the instance as Ctrl-C would; by force when it does not end. */
export async function stopInstance(): Promise<Stopped> {
  const instance = await runningInstance();
  if (instance) {
    process.kill(instance.pid, "SIGTERM");
    const until = Date.now() + patienceMs;
    while (isRunning(instance.pid) && Date.now() < until) await sleep(100);
    if (await lives(instance.pid)) process.kill(instance.pid, "SIGKILL");
  }
  const orphan = await clearUp();
  const stopped = instance !== undefined || orphan;
  const loss = stopped ? lostBefore(places.folder) : undefined;
  return { stopped, ...(loss && { loss }) };
}

/** What a killed instance left behind: its emulator, and files that say it runs. Answers whether an emulator was. */
async function clearUp(): Promise<boolean> {
  const left = await readJsonFile<Instance>(places.instance);
  const pid = left?.emulatorPid;
  const orphan = pid !== undefined && isRunning(pid);
  if (orphan) {
    console.log("An earlier run was killed. Saving what its emulator holds …");
    // What was lost is said by whoever asked for this.
    await stopEmulator(pid, places.folder).catch(() => undefined);
  }
  await releaseInstance();
  return orphan;
}

const lives = (pid: number): Promise<boolean> => runs(pid, marker);
