/** Python programs in virtual environments of this project, made with whatever suitable Python the machine has. */
import { execFile, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { lastLines } from "./processes.ts";

const run = promisify(execFile);

export interface Packages {
  /** The virtual environment. */
  readonly folder: string;
  /** Arguments for `pip install`. */
  readonly packages: readonly string[];
  /** Commands to try, in this order. */
  readonly pythons: readonly string[];
  readonly oldest: readonly [number, number];
  /** First minor version that is too new. */
  readonly below?: readonly [number, number];
  readonly log: string;
}

/** Installs once: a marker file names what was installed, so that an interrupted or older installation is made anew. */
export async function installPackages(options: Packages): Promise<void> {
  const marker = join(options.folder, "installed");
  const wanted = options.packages.join("\n");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  const python = await findPython(options);
  rmSync(options.folder, { recursive: true, force: true });
  mkdirSync(dirname(options.folder), { recursive: true });
  await logged(options.log, python, ["-m", "venv", options.folder]);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", ...options.packages];
  await logged(options.log, join(options.folder, "bin", "python"), pip);
  writeFileSync(marker, wanted);
}

/** The first Python of the wanted versions that can make virtual environments. Throws with what was found instead. */
export async function findPython(options: Pick<Packages, "pythons" | "oldest" | "below">): Promise<string> {
  const found: string[] = [];
  for (const command of options.pythons) {
    const version = await versionOf(command);
    if (!version) continue;
    const [text, venv] = version;
    if (!inRange(text, options)) found.push(`${command} is ${text}`);
    else if (!venv) found.push(`${command} is ${text} without venv (on Debian: install python3-venv)`);
    else return command;
  }
  const range = `Python ≥ ${options.oldest.join(".")}${options.below ? ` and < ${options.below.join(".")}` : ""}`;
  throw new Error(`${range} is needed. Found: ${found.join("; ") || "none"}`);
}

async function versionOf(command: string): Promise<readonly [string, boolean] | undefined> {
  const script = [
    "import sys, importlib.util as u",
    "print('%d.%d' % sys.version_info[:2], bool(u.find_spec('venv') and u.find_spec('ensurepip')))",
  ].join("; ");
  try {
    const [text, venv] = (await run(command, ["-c", script])).stdout.trim().split(" ");
    return [text as string, venv === "True"];
  } catch {
    return undefined;
  }
}

function inRange(text: string, { oldest, below }: Pick<Packages, "oldest" | "below">): boolean {
  const [major, minor] = text.split(".").map(Number) as [number, number];
  const at = (version: readonly [number, number]): number => version[0] * 1000 + version[1];
  const actual = at([major, minor]);
  return actual >= at(oldest) && (below === undefined || actual < at(below));
}

async function logged(log: string, command: string, args: readonly string[]): Promise<void> {
  const file = openSync(log, "a");
  const code = await new Promise<number | null>((resolve, reject) => {
    spawn(command, args, { stdio: ["ignore", file, file] })
      .once("error", reject)
      .once("close", resolve);
  }).finally(() => closeSync(file));
  if (code !== 0)
    throw new Error(`${command} ${args.slice(0, 3).join(" ")} failed (${log}):\n${lastLines(log)}`);
}
