/** The worker of `npm run fuzz`: one case after the other, each from the seed and its own number. */
import { parentPort, workerData } from "node:worker_threads";
import { randomFrom } from "../support/random.ts";
import { allowedOf, allowedOfFlood } from "./allowance.ts";
import { corpus } from "./corpus.ts";
import { floods, mostOfBriefRun } from "./floods.ts";
import { materialOf, mutate } from "./mutate.ts";
import { processMilliseconds } from "./process-time.ts";
import { tryFile } from "./try-file.ts";

interface Plan {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
  readonly from: number;
  /** Its number, milliseconds of the process when it began (0: none is under way) and when it must be done. */
  readonly now: Float64Array;
}

interface Failure {
  readonly case: number;
  readonly done: readonly string[];
  readonly stack: string;
  readonly bytes: Uint8Array;
}

export interface Report {
  readonly cases: number;
  /** Those whose pixels were decoded too. */
  readonly derived: number;
  readonly elapsed: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { ms: number; case: number; bytes: number; perMebibyte: number };
  /** Resident bytes at most. */
  readonly peak: number;
  readonly failures: readonly Failure[];
}

/** Decoding takes ten times what reading does: these mutations are about it, of the others every eighth is decoded. */
const aboutPixels = new Set(["pixels", "fragment", "imageAttribute"]);
const mostFailures = 20;
/** Smaller files take what starting takes. */
const proportionate = 64 * 1024;

const plan = workerData as Plan;
parentPort?.postMessage(await tryAll(plan));

async function tryAll({ seed, seconds, cases, from, now }: Plan): Promise<Report> {
  const materials = corpus().map(materialOf);
  const began = performance.now();
  const outcomes: Record<string, number> = {};
  const slowest = { ms: 0, case: 0, bytes: 0, perMebibyte: 0 };
  const failures: Failure[] = [...(from === 0 ? await tryFloods(now, seconds) : [])];
  let [tried, derived] = [0, 0];
  const count = (outcome: string): void => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  while (tried < cases && performance.now() - began < seconds * 1000 && failures.length < mostFailures) {
    const number = from + tried++;
    const { bytes, done } = mutate(randomFrom(seed * 1_000_003 + number), materials);
    begin(now, number, allowedOf(bytes.length));
    const started = performance.now();
    const derive = number % 8 === 0 || done.some((name) => aboutPixels.has(name));
    try {
      const { read, thumbnail } = await tryFile(bytes, derive);
      count(read);
      if (thumbnail) count(`thumbnail ${thumbnail}`);
      if (thumbnail) derived++;
    } catch (error) {
      failures.push({ case: number, done, bytes, stack: (error as Error).stack ?? String(error) });
    }
    const ms = performance.now() - started;
    if (ms > slowest.ms) Object.assign(slowest, { ms, case: number, bytes: bytes.length });
    if (bytes.length >= proportionate)
      slowest.perMebibyte = Math.max(slowest.perMebibyte, (ms / bytes.length) * 1024 * 1024);
  }
  now[1] = 0;
  return {
    cases: tried,
    derived,
    elapsed: (performance.now() - began) / 1000,
    outcomes,
    slowest,
    peak: process.resourceUsage().maxRSS * 1024,
    failures,
  };
}

function begin(now: Float64Array, number: number, allowed: number): void {
  const began = processMilliseconds();
  [now[0], now[1], now[2]] = [number, began, began + allowed];
}

/** Counted from -1 down: what came of them must be what is written there. */
async function tryFloods(now: Float64Array, seconds: number): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const chosen = seconds < 60 ? mostOfBriefRun : floods.length;
  for (const [index, { name, make, outcome }] of floods.slice(0, chosen).entries()) {
    const bytes = make();
    begin(now, -1 - index, allowedOfFlood(bytes.length));
    const came = await tryFile(bytes, true).catch((error: Error) => ({ read: error.stack ?? String(error) }));
    const seen = JSON.stringify(came);
    if (seen !== JSON.stringify(outcome))
      failures.push({ case: -1 - index, done: [name], bytes, stack: `came to ${seen}` });
    now[1] = 0;
  }
  return failures;
}
