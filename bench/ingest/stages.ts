/** One instance through every stage: milliseconds of processor time, the median of the rounds. */
import * as dcmtk from "../dcmtk.ts";
import type { BenchInstance } from "../instances.ts";
import { digits, median, repeat } from "../measure.ts";
import { makeThumbnail, parseToJson, thumbnailInput } from "../per-instance.ts";
import { cpuOf } from "./cpu.ts";
import { pipeline } from "./pipeline.ts";

export const stageHead = [
  "instance",
  "parse + JSON ms",
  "SHA-256 ms",
  "index CPU ms",
  "thumbnail ms",
  "derive CPU ms",
  "dcmj2pnm process ms",
  "its ÷ our thumbnail",
];

/** How many instances of the same bytes are indexed for one figure: processor time is counted coarsely. */
const atOnce = 12;

export async function stageRow({ name, path, bytes }: BenchInstance, rounds: number): Promise<string[]> {
  const input = await thumbnailInput(bytes);
  const figures = {
    parse: [] as number[],
    hash: [] as number[],
    index: [] as number[],
    thumbnail: [] as number[],
    derive: [] as number[],
    peer: [] as number[],
  };
  const withPeer = dcmtk.dcmtkVersion() !== undefined;
  for (let round = 0; round <= rounds; round++) {
    const parse = median(await repeat(50, () => parseToJson(bytes)));
    const thumbnail = median(await repeat(5, () => makeThumbnail(input)));
    const { hash, index, derive } = await throughStages(bytes);
    const peer = withPeer ? await dcmtk.thumbnail(path, input.index, input.grey) : Number.NaN;
    // The first round warms up.
    if (round > 0) add(figures, { parse, hash, index, thumbnail, derive, peer });
  }
  const of = (stage: keyof typeof figures): number => median(figures[stage]);
  const ratio = withPeer ? `${digits(of("peer") / of("thumbnail"))} ×` : "–";
  const shown = (["parse", "hash", "index", "thumbnail", "derive", "peer"] as const).map((stage) =>
    digits(of(stage)),
  );
  return [name, ...shown, ratio];
}

function add<Stage extends string>(to: Record<Stage, number[]>, measured: Record<Stage, number>): void {
  for (const stage of Object.keys(to) as Stage[]) to[stage].push(measured[stage]);
}

/** On a hospital of its own each time: an instance is indexed once. */
async function throughStages(bytes: Uint8Array) {
  const lines = await Promise.all(Array.from({ length: atOnce }, () => pipeline([bytes])));
  const hash = await cpuOf(async () => lines.forEach((line) => void line.landed.map(line.hash)));
  const index = await cpuOf(async () => {
    for (const line of lines) for (const landed of line.landed) await line.index(landed);
  });
  const derive = await cpuOf(() => (lines[0] as (typeof lines)[number]).derive());
  return { hash: hash / atOnce, index: index / atOnce, derive };
}
