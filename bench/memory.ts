/**
 * npm run bench:memory: the most that derive keeps resident for the largest objects it accepts. Each is made in one process and
 * derived from in another; its bytes are made up as they are read and forgotten as they are written, as S3's would be.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { cases, deriveLarge, type Made } from "./large-objects.ts";
import { table } from "./measure.ts";

interface Row {
  readonly thumbnail: string;
  readonly frames: number;
  readonly bytes: number;
  readonly seconds: number;
  /** MiB, of the whole process. */
  readonly peak: number;
}

const steps = {
  make: async (name: string, file: string) =>
    writeFileSync(file, serialize(await (cases[name] as () => Promise<Made>)())),
  derive: async (_name: string, file: string) => {
    const outcome = await deriveLarge(deserialize(readFileSync(file)) as Made);
    process.stdout.write(JSON.stringify({ ...outcome, peak: process.resourceUsage().maxRSS / 1024 }));
  },
} as const;

function run(step: keyof typeof steps, name: string, file: string): string {
  const args = [...process.execArgv, import.meta.filename, step, name, file];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${step} of "${name}" ended with ${status}`);
  return stdout;
}

function report(): void {
  const folder = mkdtempSync(join(tmpdir(), "bench-memory-"));
  try {
    const rows = Object.keys(cases).map((name) => {
      const file = join(folder, "object");
      run("make", name, file);
      const { thumbnail, frames, bytes, seconds, peak } = JSON.parse(run("derive", name, file)) as Row;
      return [
        name,
        (bytes / 2 ** 20).toFixed(0),
        String(frames),
        thumbnail,
        seconds.toFixed(1),
        peak.toFixed(0),
      ];
    });
    const head = ["object", "MiB", "frames stored", "thumbnail", "s", "peak RSS MiB"];
    process.stdout.write(`${table(head, rows)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [step, name = "", file = ""] = process.argv.slice(2);
if (step === undefined) report();
else await steps[step as keyof typeof steps](name, file);
