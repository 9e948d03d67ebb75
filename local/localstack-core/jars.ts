/** DynamoDB Local and what it needs, from Maven Central, each file checked against its locked SHA-256. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A mirror may stand in: the checksums say that it is the same file. */
const repository = process.env.MAVEN_REPOSITORY_URL ?? "https://repo1.maven.org/maven2";
const parallel = 8;

/** Downloads what `lockFile` lists (`<sha256>  <path>` a line) into `folder`; files that are there are kept. */
export async function installJars(lockFile: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const missing = readFileSync(lockFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("  ") as [sha256: string, path: string])
    .map(([sha256, path]) => ({ sha256, path, file: join(folder, basename(path)) }))
    .filter(({ file }) => !existsSync(file));
  const workers = Array.from({ length: parallel }, async () => {
    for (let next = missing.pop(); next; next = missing.pop()) await download(next);
  });
  await Promise.all(workers);
}

async function download(wanted: {
  readonly sha256: string;
  readonly path: string;
  readonly file: string;
}): Promise<void> {
  const response = await fetch(`${repository}/${wanted.path}`, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`${wanted.path}: the repository answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== wanted.sha256) throw new Error(`${wanted.path}: not the file that was locked`);
  // Renamed when whole, so that an interrupted download is never taken for the file.
  writeFileSync(`${wanted.file}.part`, bytes);
  renameSync(`${wanted.file}.part`, wanted.file);
}
