/** Runs an installing command with its output in a log. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { lastLines } from "../processes.ts";

/** Throws with the last lines of the log when the command fails, and says what to install when there is no such command. */
export async function runLogged(command: string, args: readonly string[], log: string): Promise<void> {
  const output = openSync(log, "a", 0o600);
  try {
    const code = await new Promise<number | null>((done, fail) => {
      const child = spawn(command, args, { stdio: ["ignore", output, output] });
      child.on("error", (cause) => fail(new Error(`${command} cannot be run. Install it first.`, { cause })));
      child.on("exit", done);
    });
    if (code !== 0) throw new Error(`${command} failed:\n${lastLines(log, 8)}`);
  } finally {
    closeSync(output);
  }
}
