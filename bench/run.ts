/**
 * npm run bench: parse, index and thumbnail per instance beside dcmtk in the same run, then weight and import time of each
 * function. A markdown report on standard output.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import * as dcmtk from "./dcmtk.ts";
import { measureFunctions } from "./functions.ts";
import { benchInstances } from "./instances.ts";
import { digits, median, table } from "./measure.ts";
import { type InstanceFigures, measureInstance } from "./per-instance.ts";

const print = (text: string): boolean => process.stdout.write(`${text}\n\n`);

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0] ?? 0;
  return `${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${memory} GB, Node ${process.version}, load ${load.toFixed(1)}.`;
}

async function spawnFloors() {
  const floor = async (tool: dcmtk.PeerTool): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) times.push(await dcmtk.spawnFloor(tool));
    return median(times);
  };
  return { dcmdump: await floor("dcmdump"), dcmj2pnm: await floor("dcmj2pnm") };
}

function instanceRow({ name, parse, dump, index, thumbnail, render, jpegBytes }: InstanceFigures): string[] {
  // Below a millisecond, what is left after the floor is noise.
  const ratio = (ours: number, theirs: number | undefined): string =>
    theirs === undefined || theirs < 1 ? "–" : `${digits(theirs / ours)} ×`;
  return [
    name,
    digits(parse),
    digits(dump ?? Number.NaN),
    ratio(parse, dump),
    digits(index),
    digits(thumbnail),
    digits(render ?? Number.NaN),
    ratio(thumbnail, render),
    (jpegBytes / 1024).toFixed(1),
  ];
}

const head = [
  "instance",
  "parse + JSON ms",
  "dcmdump ms",
  "ratio",
  "index ms",
  "thumbnail ms",
  "dcmj2pnm ms",
  "ratio",
  "JPEG KB",
];

async function reportInstances(): Promise<void> {
  const version = dcmtk.dcmtkVersion();
  const floors = version === undefined ? undefined : await spawnFloors();
  print("## Per instance");
  print(
    floors
      ? `Beside dcmtk ${version}; the time to start a process and do nothing is taken off its figures: dcmdump ${digits(floors.dcmdump)} ms, dcmj2pnm ${digits(floors.dcmj2pnm)} ms.`
      : "dcmtk is not installed (`apt-get install dcmtk`): its columns are empty.",
  );
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const rows: string[][] = [];
    for (const instance of await benchInstances(folder))
      rows.push(instanceRow(await measureInstance(instance, floors)));
    print(table(head, rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reportFunctions(): Promise<void> {
  print("## Functions");
  const figures = await measureFunctions();
  const rows = figures.map(({ name, bytes, imported }) => [
    `\`${name}\``,
    digits(bytes / 1024),
    digits(imported),
  ]);
  print(table(["function", "bundle KB", "import ms"], rows));
}

print(machine());
await reportInstances();
await reportFunctions();
