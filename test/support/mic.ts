/** `mic` as a person or a script runs it: a process of its own, judged by its output and exit code. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { cloudFile } from "./cloud.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = join(import.meta.dirname, "../../cli/mic.ts");

/** Milliseconds. A command that waits for longer than its journey may would keep the run of all journeys from ending. */
const longest = 200_000;

/** Runs `mic --user <user> <args>` against the cloud of the journeys. */
export function mic(user: string, ...args: readonly string[]): Promise<Ran> {
  const { MIC_API: _api, MIC_TOKEN: _token, ...inherited } = process.env;
  const env = { ...inherited, MIC_CLOUD: cloudFile, NODE_OPTIONS: "" };
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--no-warnings", program, "--user", user, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: longest,
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      out.stderr += text;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? 1, ...out }));
  });
}

/** With `--json`; throws what it said on stderr where stdout is not JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a script reads the output untyped
export async function micJson(user: string, ...args: readonly string[]): Promise<Ran & { json: any }> {
  const ran = await mic(user, ...args, "--json");
  try {
    return { ...ran, json: JSON.parse(ran.stdout) };
  } catch (cause) {
    throw new Error(`mic ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`, { cause });
  }
}
