/** Programs that do a step's work: their output goes to a log, their failure becomes a sentence. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./places.ts";
import { lastLines } from "./processes.ts";
import { StepProblem } from "./progress.ts";

export interface CommandOptions {
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The project's folder unless said. */
  readonly cwd?: string;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
}

/** Path of a program that npm installed. */
export const npmProgram = (...path: string[]): string => join(projectRoot, "node_modules", ...path);

/** Runs a script with the Node that runs this. Throws StepProblem with the end of its log when it fails. */
export async function runNode(args: readonly string[], options: CommandOptions): Promise<void> {
  mkdirSync(dirname(options.log), { recursive: true });
  const log = openSync(options.log, "w");
  // A group of its own, so that ending it early ends what it started too.
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? projectRoot,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  const end = (): void => endGroup(child.pid);
  options.signal?.addEventListener("abort", end);
  const [code, error] = await new Promise<[number | null, Error | undefined]>((resolve) => {
    child.once("error", (cause) => resolve([null, cause]));
    child.once("exit", (status) => resolve([status, undefined]));
  });
  options.signal?.removeEventListener("abort", end);
  if (code === 0) return;
  const why = error?.message ?? lastLines(options.log, 12);
  throw new StepProblem(why || `It ended with code ${code}.`, { log: options.log, cause: error });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended already.
  }
}
