/** MiniStack on this machine, with signatures, IAM and TLS enforced: installed once, started, stopped. */
import { execFile, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { beginRun, lossOf, savePatience } from "./emulator-state.ts";
import { answers, lastLines, portIsFree, runs, stopGroup } from "./processes.ts";
import { installPackages } from "./python.ts";
import { trustHere, trustVariables, writeBundle } from "./trust.ts";

/** The launcher patches this version's internals: change both together. */
const version = "1.5.33";
const launcher = "ministack-launcher.py";

export interface EmulatorOptions {
  /** The emulator's own folder: state, stored objects, log, and what `installEmulator` made. */
  readonly folder: string;
  /** Where `installEmulator` made its virtual environment, when that is another folder. */
  readonly installed?: string;
  /** Keep the port over restarts with the same state: queue URLs hold it. */
  readonly port: number;
  /** Forget what an earlier run stored. */
  readonly fresh?: boolean;
  readonly region?: string;
  /** Let this process end while the emulator goes on. */
  readonly detached?: boolean;
}
export interface Emulator {
  readonly endpoint: string;
  readonly caBundle: string;
  readonly pid: number;
  readonly log: string;
  /** What a client process needs: endpoint, root credentials of the emulator, region, trust. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Installs the pinned emulator into `<folder>/venv` with the machine's Python ≥ 3.10; a finished one is kept. */
export async function installEmulator(folder: string): Promise<void> {
  await installPackages({
    folder: join(folder, "venv"),
    packages: [`ministack[full]==${version}`],
    pythons: ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"],
    oldest: [3, 10],
    log: join(folder, "emulator-install.log"),
  });
}

/** Starts it and answers when it accepts requests, trusted by this process too. Throws with the end of its log. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { folder, port, fresh = false, region = "us-east-1", detached = false } = options;
  if (!(await portIsFree(port))) throw new Error(`Port ${port} is taken by another program`);
  const paths = prepareFolders(folder, options.installed ?? folder, fresh);
  const caBundle = await prepareTrust(paths);
  const endpoint = `https://127.0.0.1:${port}`;
  const env = { ...clientEnvironment(endpoint, region), ...trustVariables(caBundle) };

  const log = openSync(paths.log, "w");
  const child = spawn(paths.python, [join(import.meta.dirname, launcher)], {
    cwd: paths.temp,
    detached: true,
    env: { ...process.env, ...env, ...serverEnvironment(paths, port, region) },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error("The emulator's Python did not start");
  if (detached) child.unref();
  const pid = child.pid;
  trustHere(caBundle);
  try {
    await ready(`${endpoint}/_ministack/health`, () => child.exitCode !== null, paths.log);
  } catch (error) {
    await stopGroup(pid, { marker: launcher, patience: 6000 });
    throw error;
  }
  beginRun(paths.folder);
  return { endpoint, caBundle, pid, env, log: paths.log, stop: () => stopEmulator(pid, folder) };
}

/**
 * Stops an emulator started in `folder` by this or an earlier process, and its Lambda workers, when its state is saved.
 * Unknown or foreign pids are left alone. Throws a sentence for the person where the state could not be saved.
 */
export async function stopEmulator(pid: number, folder: string): Promise<void> {
  if (!(await runs(pid, launcher))) return;
  const home = homeOf(folder);
  await stopGroup(pid, { marker: launcher, patience: savePatience(home) });
  const loss = lossOf(home);
  if (loss) throw new Error(loss);
}

/** What the last run in this folder lost, in a sentence; undefined where it ended cleanly, or runs. */
export const lostBefore = (folder: string): string | undefined => lossOf(homeOf(folder));

const homeOf = (folder: string): string => join(folder, "emulator");

interface Paths {
  readonly python: string;
  readonly temp: string;
  readonly state: string;
  readonly objects: string;
  readonly certificate: string;
  readonly key: string;
  readonly folder: string;
  readonly log: string;
}

function prepareFolders(folder: string, installed: string, fresh: boolean): Paths {
  const python = join(installed, "venv", "bin", "python");
  if (!existsSync(python)) throw new Error("The emulator is not installed: call installEmulator first");
  const home = homeOf(folder);
  if (fresh) rmSync(home, { recursive: true, force: true });
  const at = (name: string): string => join(home, name);
  for (const name of ["tmp", "state", "s3"]) mkdirSync(at(name), { recursive: true });
  // Functions are unpacked below this folder: as on AWS, no package.json above them may say how to read their code.
  writeFileSync(at("package.json"), "{}\n");
  const stored = { temp: at("tmp"), state: at("state"), objects: at("s3") };
  const tls = { certificate: at("server.crt"), key: at("server.key") };
  return { python, ...stored, ...tls, folder: home, log: join(folder, "emulator.log") };
}

async function prepareTrust(paths: Paths): Promise<string> {
  if (!existsSync(paths.certificate) || !existsSync(paths.key)) {
    const script = join(import.meta.dirname, "emulator-certificate.py");
    await promisify(execFile)(paths.python, [script, paths.certificate, paths.key]);
  }
  return writeBundle(paths.folder, paths.certificate);
}

function clientEnvironment(endpoint: string, region: string): Record<string, string> {
  const without = [process.env.NO_PROXY, "127.0.0.1", "localhost"].filter(Boolean).join(",");
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    // A profile or session of the person who starts this must not reach the emulator, nor the emulator's theirs.
    AWS_PROFILE: "",
    AWS_SESSION_TOKEN: "",
    NO_PROXY: without,
    no_proxy: without,
  };
}

function serverEnvironment(paths: Paths, port: number, region: string): Record<string, string> {
  return {
    AUTH: "true",
    USE_SSL: "1",
    MINISTACK_SSL_CERT: paths.certificate,
    MINISTACK_SSL_KEY: paths.key,
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
    LAMBDA_WARM_TTL_SECONDS: "600",
    SFTP_ENABLED: "0",
    IOT_MTLS_ENABLED: "0",
    PERSIST_STATE: "1",
    S3_PERSIST: "1",
    TMPDIR: paths.temp,
    STATE_DIR: paths.state,
    S3_DATA_DIR: paths.objects,
    // Lambdas run with the first `node` on the path: the pinned one that runs this.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`,
  };
}

async function ready(url: string, ended: () => boolean, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (ended()) throw new Error(`The emulator ended while starting (${log}):\n${lastLines(log)}`);
    if (await answers(url)) return;
    await sleep(150);
  }
  throw new Error(`The emulator did not answer within 60 s (${log}):\n${lastLines(log)}`);
}
