/** A CT series through hash, index, thumbnail and frames, beside Orthanc taking the same files by STOW-RS, round by round. */
import { digits, median, table } from "../measure.ts";
import { cpuOf } from "./cpu.ts";
import { type orthancVersion, type StowFigures, stow } from "./orthanc.ts";
import { pipeline } from "./pipeline.ts";

const connections = 4;

interface Round {
  readonly ours: StowFigures;
  readonly native: StowFigures;
  readonly theirs: StowFigures;
}

export async function besideOrthanc(
  version: NonNullable<ReturnType<typeof orthancVersion>>,
  files: readonly Uint8Array[],
  rounds: number,
): Promise<string> {
  const measured: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const one = {
      ours: await ourWay(files, true),
      native: await ourWay(files, false),
      theirs: await stow(files, connections),
    };
    // The first round warms up.
    if (round > 0) measured.push(one);
  }
  const rate = (figures: readonly StowFigures[], by: keyof StowFigures): number =>
    median(figures.map((one) => (files.length * 1000) / one[by]));
  const row = (name: string, who: keyof Round): string[] => {
    const figures = measured.map((round) => round[who]);
    const theirs = measured.map((round) => round.theirs);
    const ratio = rate(figures, "cpu") / rate(theirs, "cpu");
    return [
      name,
      digits(rate(figures, "wall")),
      digits(rate(figures, "cpu")),
      who === "theirs" ? "1" : `${digits(ratio)} ×`,
    ];
  };
  return table(
    ["", "instances/s, one process", "instances per second of processor time", "to Orthanc"],
    [
      row("hash, index, thumbnail", "native"),
      row("hash, index, thumbnail, every frame stored", "ours"),
      row(`Orthanc ${version}, STOW-RS, ${connections} connections`, "theirs"),
    ],
  );
}

/**
 * One process, one file after another: all through ingest, then all through derive, which are functions of their own. `frames`:
 * derive stores every frame too.
 */
async function ourWay(files: readonly Uint8Array[], frames: boolean): Promise<StowFigures> {
  const line = await pipeline(files);
  const began = performance.now();
  const cpu = await cpuOf(async () => {
    for (const landed of line.landed) {
      line.hash(landed);
      await line.index(landed);
    }
    if (frames) await line.derive();
    else for (const landed of line.landed) await line.show(landed);
  });
  return { wall: performance.now() - began, cpu };
}
