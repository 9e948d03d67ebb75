/** `--detach`: the same start in the background; its progress is shown here until everything is up. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { places } from "./places.ts";

/** Answers the exit code: 0 when everything is up. */
export async function startDetached(): Promise<number> {
  mkdirSync(places.logs, { recursive: true, mode: 0o700 });
  // The summary in it holds sign-ins.
  const log = openSync(places.log("start"), "w", 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, "start.ts"), ...process.argv.slice(2)], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  const reader = openSync(places.log("start"), "r");
  process.stdout.on("error", () => undefined);
  const copying = setInterval(() => copyNew(reader), 150);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => child.kill("SIGTERM"));
  const code = await new Promise<number>((resolve) => {
    child.once("message", () => resolve(0));
    child.once("error", () => resolve(1));
    child.once("exit", (status) => resolve(status ?? 1));
  });
  clearInterval(copying);
  copyNew(reader);
  closeSync(log);
  child.unref();
  return code;
}

function copyNew(file: number): void {
  const buffer = Buffer.alloc(65_536);
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
    process.stdout.write(buffer.subarray(0, read));
}
