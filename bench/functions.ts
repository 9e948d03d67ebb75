/** What each Lambda function weighs, and how long a fresh process needs to import it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleFunctions, functionName } from "../infra/blocks/bundle.ts";
import { median } from "./measure.ts";

export interface FunctionFigures {
  readonly name: string;
  /** Minified, without source map; native modules not counted. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly imported: number;
}

const projectRoot = resolve(import.meta.dirname, "..");
const runs = 7;

/** Every file two levels down that exports `handler`. */
function entries(): readonly string[] {
  return readdirSync(join(projectRoot, "functions"), { recursive: true, encoding: "utf8" })
    .filter((path) => /^[^/]+\/[^/]+\.ts$/.test(path))
    .map((path) => `functions/${path}`)
    .filter((path) => /^export (async function|function|const) handler\b/m.test(read(path)))
    .sort();
}

const read = (path: string): string => readFileSync(join(projectRoot, path), "utf8");

/** Bundles as a deployment does, in a folder of its own, and imports round by round. */
export async function measureFunctions(): Promise<readonly FunctionFigures[]> {
  mkdirSync(join(projectRoot, "build"), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, "build", "bench-"));
  try {
    const all = entries();
    await bundleFunctions(all, "local", folder);
    const files = all.map((entry) => join(folder, functionName(entry), "index.mjs"));
    const times = files.map((): number[] => []);
    for (let run = 0; run < runs; run++) {
      for (const [i, file] of files.entries()) times[i]?.push(importTime(file));
    }
    return all.map((entry, i) => ({
      name: entry,
      bytes: statSync(files[i] as string).size,
      imported: median(times[i] ?? []),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importTime(file: string): number {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - start); process.exit(0);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return Number(output.trim().split("\n").at(-1));
}
