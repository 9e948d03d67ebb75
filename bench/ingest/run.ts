/**
 * npm run bench:ingest: what an instance costs from landed to shown, stage by stage and by codec, beside dcmtk, and a whole
 * series beside Orthanc's STOW-RS, in one run. A markdown report on standard output; `--rounds <n>`, 5 unless said.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateHeadCt } from "../../local/samples/head-ct.ts";
import { dcmtkVersion } from "../dcmtk.ts";
import { measureFunctions } from "../functions.ts";
import { benchInstances } from "../instances.ts";
import { machine } from "../machine.ts";
import { digits, table } from "../measure.ts";
import { besideOrthanc } from "./beside-orthanc.ts";
import { codecHead, codecRows } from "./codecs.ts";
import { orthancVersion } from "./orthanc.ts";
import { stageHead, stageRow } from "./stages.ts";

const slices = 300;
const print = (text: string): boolean => process.stdout.write(`${text}\n\n`);

async function reportStages(folder: string, rounds: number): Promise<void> {
  print("## Stages");
  const rows: string[][] = [];
  for (const instance of await benchInstances(folder)) rows.push(await stageRow(instance, rounds));
  print(table(stageHead, rows));
}

async function reportCodecs(rounds: number): Promise<void> {
  print("## Codecs");
  const rows = await codecRows(rounds);
  print(
    rows.length > 0
      ? table(codecHead, rows)
      : "No real files beside the checkout: one of each codec is missing.",
  );
}

async function reportSeries(folder: string, rounds: number): Promise<void> {
  print("## A series beside Orthanc");
  const version = orthancVersion();
  if (version === undefined)
    return void print("Orthanc is not installed (`apt-get install orthanc orthanc-dicomweb`).");
  const paths = await generateHeadCt(join(folder, "series"), { seed: "bench-ingest", slices });
  const files = await Promise.all(paths.map(async (path) => new Uint8Array(await readFile(path))));
  print(await besideOrthanc(version, files, rounds));
}

async function reportImport(): Promise<void> {
  print("## Cold import");
  const entry = "functions/ingest/on-object-landed.ts";
  const found = (await measureFunctions()).find(({ name }) => name === entry);
  print(
    `\`${entry}\`: ${digits(found?.imported ?? Number.NaN)} ms, ${digits((found?.bytes ?? 0) / 1024)} KB.`,
  );
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);
const folder = await mkdtemp(join(tmpdir(), "bench-ingest-"));
try {
  print(machine());
  print(`dcmtk ${dcmtkVersion() ?? "is not installed (`apt-get install dcmtk`)"}.`);
  // First: what everything else leaves behind in a process (code compiled for many kinds of image) costs it a fifth.
  await reportSeries(folder, rounds);
  await reportStages(folder, rounds);
  await reportCodecs(rounds);
  await reportImport();
} finally {
  await rm(folder, { recursive: true, force: true });
}
