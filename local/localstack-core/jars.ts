/** DynamoDB Local and what it needs, by the machine's own Maven, each file checked against its locked SHA-256. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runLogged } from "./run-logged.ts";

interface Locked {
  readonly sha256: string;
  /** As in a Maven repository: `group/parts/artifact/version/file`. */
  readonly path: string;
  readonly file: string;
}

/** Fetches what `lockFile` lists (`<sha256>  <path>` a line) into `folder`; files that are there are kept. */
export async function installJars(lockFile: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const missing = readFileSync(lockFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("  ") as [sha256: string, path: string])
    .map(([sha256, path]) => ({ sha256, path, file: join(folder, basename(path)) }))
    .filter(({ file }) => !existsSync(file));
  if (missing.length === 0) return;
  const fetched = mkdtempSync(join(folder, "fetched-"));
  try {
    await fetchWithMaven(missing, fetched);
    for (const wanted of missing) keep(wanted, fetched);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
}

/** One run for all of them: its settings know the repository or mirror this machine uses. */
async function fetchWithMaven(wanted: readonly Locked[], into: string): Promise<void> {
  const project = join(into, "pom.xml");
  writeFileSync(project, projectOf(wanted));
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
  const options = ["-DexcludeTransitive=true", `-DoutputDirectory=${into}`];
  await runLogged("mvn", ["-B", "-q", "-f", project, goal, ...options], join(into, "..", "maven.log"));
}

/** Renamed only when it is the file that was locked, so that nothing else is ever taken for it. */
function keep({ sha256, path, file }: Locked, fetched: string): void {
  const found = join(fetched, basename(path));
  const actual = createHash("sha256").update(readFileSync(found)).digest("hex");
  if (actual !== sha256) throw new Error(`${path}: not the file that was locked`);
  renameSync(found, file);
}

function projectOf(wanted: readonly Locked[]): string {
  const dependencies = wanted.map(({ path }) => {
    const parts = path.split("/");
    const [artifact, version, name] = parts.slice(-3) as [string, string, string];
    const type = name.slice(name.lastIndexOf(".") + 1);
    return `<dependency><groupId>${parts.slice(0, -3).join(".")}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><type>${type}</type></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join("\n")}
</dependencies></project>
`;
}
