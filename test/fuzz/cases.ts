/** The worker of `npm run fuzz`: one case after the other, each from the seed and its own number. */
import { parentPort, workerData } from "node:worker_threads";
import { randomFrom } from "../support/random.ts";
import { corpus } from "./corpus.ts";
import { materialOf, mutate } from "./mutate.ts";
import { processMilliseconds } from "./process-time.ts";
import { tryFile } from "./try-file.ts";

interface Plan {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
  readonly from: number;
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
  /** Resident bytes. */
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
  const failures: Failure[] = [];
  let [tried, derived, peak] = [0, 0, 0];
  const count = (outcome: string): void => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  while (tried < cases && performance.now() - began < seconds * 1000 && failures.length < mostFailures) {
    const number = from + tried++;
    const { bytes, done } = mutate(randomFrom(seed * 1_000_003 + number), materials);
    [now[0], now[1]] = [number, processMilliseconds()];
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
    if (tried % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  now[1] = 0;
  return {
    cases: tried,
    derived,
    elapsed: (performance.now() - began) / 1000,
    outcomes,
    slowest,
    peak,
    failures,
  };
}
