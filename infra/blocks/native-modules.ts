/** Native npm modules for the platform a function runs on, which need not be the platform this runs on. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lambda is Linux with glibc; `local` functions run on this machine. */
export type NativeTarget = "linux-arm64" | "linux-x64" | "local";

interface Module {
  readonly name: string;
  readonly from: string;
}

/** The module and everything it depends on, as folders to copy into `node_modules`. */
export function nativeModules(projectRoot: string, name: string, target: NativeTarget): readonly Module[] {
  const own = join(projectRoot, "node_modules");
  const { version } = manifest(join(own, name));
  const root = isThisMachine(target) ? own : installed(own, name, version, target);
  return closure(root, name, new Set());
}

const isThisMachine = (target: NativeTarget): boolean =>
  target === "local" || target === `${process.platform}-${process.arch}`;

/** npm fetches the prebuilt binaries of another platform once; later runs find them in the cache. */
function installed(own: string, name: string, version: string, target: NativeTarget): string {
  const folder = join(own, ".cache", "native", `${name}-${version}-${target}`);
  const done = join(folder, "done");
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    const [os, cpu] = target.split("-");
    execFileSync(
      "npm",
      [
        "install",
        `${name}@${version}`,
        `--os=${os}`,
        `--cpu=${cpu}`,
        "--libc=glibc",
        "--no-audit",
        "--no-fund",
      ],
      { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
    );
    writeFileSync(done, "");
  }
  return join(folder, "node_modules");
}

/** Optional dependencies are the platforms' binaries: the ones npm installed are the right ones. */
function closure(root: string, name: string, seen: Set<string>): readonly Module[] {
  const from = join(root, name);
  if (seen.has(name) || !existsSync(from)) return [];
  seen.add(name);
  const { dependencies = {}, optionalDependencies = {} } = manifest(from);
  const needed = Object.keys({ ...dependencies, ...optionalDependencies });
  return [{ name, from }, ...needed.flatMap((dependency) => closure(root, dependency, seen))];
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}
const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
