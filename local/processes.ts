/** Programs the local cloud starts beside itself: are they up, what did they say last, how are they stopped. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Whether a loopback port can be listened on now. */
export async function portIsFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port was given");
  return address.port;
}

/** Whether anything answers HTTP there, whatever it says. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** The end of a log file, for an error message. */
export function lastLines(file: string, count = 15): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends a process group: TERM to its leader, KILL to what is left after `patience`: milliseconds, or for as long as it
 * answers true. A process whose command does not hold `marker` was not started by us (numbers are reused) and is left alone.
 */
export async function stopGroup(
  pid: number,
  { marker, patience }: { readonly marker: string; readonly patience: number | (() => boolean) },
): Promise<void> {
  if (!(await runs(pid, marker))) return;
  process.kill(pid, "SIGTERM");
  const since = Date.now();
  const mayGoOn = typeof patience === "number" ? () => Date.now() - since < patience : patience;
  while (isRunning(pid) && mayGoOn()) await sleep(50);
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The whole group is gone already.
  }
}

/** Whether the process lives and its command holds `marker`. */
export async function runs(pid: number, marker: string): Promise<boolean> {
  return isRunning(pid) && (await commandOf(pid)).includes(marker);
}

/** The command line of a process; empty where it has ended or cannot be told. */
export async function commandOf(pid: number): Promise<string> {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // No /proc on this system, or no such process.
  }
  try {
    return (await promisify(execFile)("ps", ["-p", String(pid), "-o", "command="])).stdout;
  } catch {
    return "";
  }
}
