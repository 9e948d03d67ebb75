/**
 * `npm run fuzz [-- --seconds n | --cases n] [--seed n]`: mutated files against the reader and derive, in a process of their
 * own that is watched for time and memory. `--seed s --from c --cases 1` tries one case again. What fails is kept in
 * `.local/fuzz/`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Report } from "./cases.ts";
import { processMilliseconds } from "./process-time.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    cases: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    from: { type: "string", default: "0" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(
    "npm run fuzz [-- --seconds n | --cases n] [--seed n] [--from n]   60 seconds unless told otherwise",
  );
  process.exit(0);
}
const seed = Number(values.seed);
const seconds =
  values.seconds === undefined ? (values.cases === undefined ? 60 : Infinity) : Number(values.seconds);
const cases = values.cases === undefined ? Infinity : Number(values.cases);

/** What a function of ingest has, with room for the rest of it. */
const mostMemory = 1024 * 1024 * 1024;

console.log(`fuzz: seed ${seed}`);
process.exitCode = await watch();

function watch(): Promise<number> {
  // Readable while the worker is busy.
  const now = new Float64Array(new SharedArrayBuffer(24));
  const worker = new Worker(new URL("./cases.ts", import.meta.url), {
    workerData: { seed, seconds, cases, from: Number(values.from), now },
  });
  return new Promise((done) => {
    const watchdog = setInterval(() => {
      const [number = 0, began = 0, due = 0] = now;
      if (began > 0 && processMilliseconds() > due)
        end(`case ${number} takes more than the ${((due - began) / 1000).toFixed(0)} s of its size`);
    }, 1000);
    const end = (fault?: string): void => {
      clearInterval(watchdog);
      if (fault) console.log(`fuzz: FAILED: ${fault} (--seed ${seed})`);
      void worker.terminate();
      done(fault ? 1 : 0);
    };
    worker.on("message", (report: Report) => end(print(report)));
    worker.on("error", (error) => end(`case ${now[0]} ended the process: ${error.stack}`));
  });
}

/** Answers what is wrong with the whole; undefined where nothing is. */
function print({
  cases: tried,
  elapsed,
  outcomes,
  slowest,
  peak,
  derived,
  failures,
}: Report): string | undefined {
  const mebibytes = Math.round(peak / 1024 / 1024);
  console.log(
    `fuzz: ${tried} cases (${derived} derived) in ${elapsed.toFixed(1)} s, ${Math.round(tried / elapsed)} a second; ` +
      `slowest ${slowest.ms.toFixed(0)} ms (case ${slowest.case}, ${slowest.bytes} bytes), ` +
      `${slowest.perMebibyte.toFixed(0)} ms/MB at most of files above 64 KB; peak memory ${mebibytes} MB`,
  );
  for (const [outcome, count] of Object.entries(outcomes).sort(([, a], [, b]) => b - a))
    console.log(`  ${count}  ${outcome}`);
  mkdirSync(".local/fuzz", { recursive: true });
  for (const failure of failures) {
    const file = `.local/fuzz/${seed}-${failure.case}.dcm`;
    writeFileSync(file, failure.bytes);
    console.log(`fuzz: case ${failure.case} (${failure.done.join(", ")}), kept as ${file}\n${failure.stack}`);
  }
  if (failures.length > 0) return `${failures.length} cases`;
  if (peak > mostMemory) return `${mebibytes} MB of memory`;
  return tried === 0 ? "no case was tried" : undefined;
}
