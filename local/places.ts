/** Where the local cloud keeps things: one folder, removed to forget everything. `MIC_LOCAL` names another for a second cloud. */
import { join, relative, resolve } from "node:path";

export const projectRoot = resolve(import.meta.dirname, "..");
const folder = resolve(projectRoot, process.env.MIC_LOCAL ?? ".local");
const logs = join(folder, "logs");

export const places = {
  folder,
  /** The emulator's program, which every local cloud of this checkout shares. */
  installed: join(projectRoot, ".local"),
  logs,
  /** What runs, for scripts and tests: origins, people, tokens. */
  cloud: join(folder, "cloud.json"),
  /** Which processes run, for `npm stop`. */
  instance: join(folder, "instance.json"),
  ports: join(folder, "ports.json"),
  accounts: join(folder, "users.json"),
  issuer: join(folder, "issuer.json"),
  config: join(folder, "config.json"),
  assembly: join(folder, "cdk.out"),
  outputs: join(folder, "outputs.json"),
  /** What was deployed last, so that a warm restart does not deploy it again. */
  deployed: join(folder, "deployed.json"),
  /** What the demonstration showed last: its link. */
  demo: join(folder, "demo.json"),
  pages: join(projectRoot, "web", "dist"),
  sample: join(folder, "samples", "head-ct"),
  log: (name: string): string => join(logs, `${name}.log`),
} as const;

/** As a person would type it. */
export function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}
