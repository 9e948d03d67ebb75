/**
 * npm run bench: parse, index and thumbnail per instance beside dcmjs and dcmtk in the same run, then weight and import time of each
 * function. A markdown report on standard output.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as dcmtk from "./dcmtk.ts";
import { measureFunctions } from "./functions.ts";
import { benchInstances } from "./instances.ts";
import { machine } from "./machine.ts";
import { digits, median, table } from "./measure.ts";
import { type InstanceFigures, measureInstance } from "./per-instance.ts";

const print = (text: string): boolean => process.stdout.write(`${text}\n\n`);

function instanceRow(figures: InstanceFigures): string[] {
  const { name, elements, parse, dcmjs, index, thumbnail, jpegBytes, peer } = figures;
  const of = (ours: number, theirs: number | undefined): string[] =>
    theirs === undefined
      ? ["–", "–"]
      : [digits(Math.max(theirs, 0)), `${digits(Math.max(theirs, 0) / ours)} ×`];
  return [
    name,
    String(elements),
    digits(parse),
    ...of(parse, dcmjs),
    ...of(parse, peer?.dump),
    digits(index),
    digits(thumbnail),
    ...of(thumbnail, peer?.render),
    (jpegBytes / 1024).toFixed(1),
  ];
}

const head = [
  "instance",
  "elements",
  "parse + JSON ms",
  "dcmjs ms",
  "ratio",
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
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const figures: InstanceFigures[] = [];
    for (const instance of await benchInstances(folder)) {
      figures.push(await measureInstance(instance, version !== undefined));
    }
    print("## Per instance");
    print(version === undefined ? withoutPeer : besidePeer(version, figures));
    print(table(head, figures.map(instanceRow)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const withoutPeer = "dcmtk is not installed (`apt-get install dcmtk`): its columns are empty.";

function besidePeer(version: string, figures: readonly InstanceFigures[]): string {
  const start = (name: "dumpStart" | "renderStart"): string =>
    digits(median(figures.map(({ peer }) => peer?.[name] ?? Number.NaN)));
  return `Beside dcmtk ${version}. The time to start its process and do nothing is taken off: dcmdump ${start("dumpStart")} ms, dcmj2pnm ${start("renderStart")} ms.`;
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
