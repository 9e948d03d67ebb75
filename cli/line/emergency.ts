/**
 * An emergency that is being sent on this machine gets the line: it leaves a marker in the state folder, and routine uploads
 * of other processes hold back while there is one. A marker whose process is gone is nobody's.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../state-folder.ts";

const folder = (): string => join(stateFolder(), "emergencies");
/** How often the folder is looked at, however often somebody asks. */
const lookEvery = 500;
/** A marker is written again this often; one that nobody touched for `stale` is of a process that died, whatever its number. */
const beatEvery = 2000;
const stale = 15_000;

/** Until it is ended. A state folder that cannot be written only means that nobody gives way. */
export function beginEmergency(): { end(): void } {
  const marker = join(folder(), `${process.pid}-${Math.random().toString(36).slice(2)}`);
  let beats = 0;
  const beat = (): void => {
    try {
      mkdirSync(folder(), { recursive: true, mode: 0o700 });
      writeFileSync(marker, String(++beats), { mode: 0o600 });
    } catch {
      // As said: the emergency itself must go on.
    }
  };
  beat();
  const timer = setInterval(beat, beatEvery).unref();
  return {
    end() {
      clearInterval(timer);
      rmSync(marker, { force: true });
    },
  };
}

interface Seen {
  readonly beats: string;
  readonly at: number;
}

/** Asks whether an emergency is being sent by any process of this user. */
export class EmergencyWatch {
  #looked = Number.NEGATIVE_INFINITY;
  #running = false;
  #seen = new Map<string, Seen>();

  readonly running = (): boolean => {
    const now = performance.now();
    if (now - this.#looked >= lookEvery) {
      this.#looked = now;
      this.#running = this.#look(now);
    }
    return this.#running;
  };

  #look(now: number): boolean {
    const seen = new Map<string, Seen>();
    for (const name of namesIn(folder())) {
      const beats = readText(join(folder(), name));
      const before = this.#seen.get(name);
      const one = before?.beats === beats ? before : { beats, at: now };
      if (isAlive(Number.parseInt(name, 10)) && now - one.at < stale) seen.set(name, one);
      else rmSync(join(folder(), name), { force: true });
    }
    this.#seen = seen;
    return seen.size > 0;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Signal 0 only asks (kill(2)); EPERM says that the process is there and another user's. */
function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
