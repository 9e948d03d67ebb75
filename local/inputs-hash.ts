/** One hash over everything a result is made from, so that what has not changed is not made again. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

const skipped = new Set(["node_modules", "dist", ".git"]);

/** SHA-256 over names and contents of all files at or under `paths` (relative to `root`), and of `extra`. */
export async function hashInputs(root: string, paths: readonly string[], extra = ""): Promise<string> {
  const hash = createHash("sha256").update(extra);
  for (const file of (await Promise.all(paths.map((path) => filesUnder(join(root, path))))).flat().sort()) {
    hash.update(`\0${relative(root, file).replaceAll(sep, "/")}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

async function filesUnder(path: string): Promise<readonly string[]> {
  const entry = await stat(path).catch(() => undefined);
  if (!entry) return [];
  if (!entry.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .filter(
      (file) =>
        !relative(path, file)
          .split(sep)
          .some((part) => skipped.has(part)),
    );
}
