/** Builds the web pages, where there are any and they changed since. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashInputs } from "./inputs-hash.ts";
import { places, projectRoot } from "./places.ts";
import { npmProgram, runNode } from "./run-command.ts";

const stampFile = join(places.pages, ".built-from");

/** Whether what is built is what the sources say. */
export async function pagesCurrent(): Promise<boolean> {
  const stamp = await readFile(stampFile, "utf8").catch(() => "");
  return stamp === (await sourcesHash());
}

export async function buildPages(signal?: AbortSignal): Promise<void> {
  if (!existsSync(join(projectRoot, "web", "index.html"))) return;
  const hash = await sourcesHash();
  const log = places.log("web");
  await runNode([npmProgram("vite", "bin", "vite.js"), "build", "web", "--logLevel", "warn"], {
    log,
    ...(signal && { signal }),
  });
  await writeFile(stampFile, hash);
}

const sourcesHash = (): Promise<string> => hashInputs(projectRoot, ["web", "shared", "package-lock.json"]);
