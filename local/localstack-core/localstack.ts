/**
 * The real LocalStack core (Apache-2.0) without Docker, and DynamoDB Local beside it: the second opinion on the adapters.
 * The core is `localstack-core` 2026.3.0, the last one published, so it stays as it is; DynamoDB Local comes from
 * Maven Central under Amazon's own licence and is never redistributed.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, freePort, lastLines, stopGroup } from "../processes.ts";
import { installPackages } from "../python.ts";
import { installJars } from "./jars.ts";
import { python313 } from "./python-3-13.ts";

export interface LocalStack {
  /** What a client process needs: endpoints, root credentials, region. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const here = import.meta.dirname;

/** Installs both into `folder`, about 600 MB; what is finished is kept. */
export async function installLocalStack(folder: string): Promise<void> {
  await installPackages({
    folder: join(folder, "venv"),
    packages: ["-r", join(here, "requirements.lock")],
    pythons: await python313(folder),
    oldest: [3, 13],
    below: [3, 14],
    log: join(folder, "install.log"),
  });
  await installJars(join(here, "dynamodb-local.lock"), join(folder, "dynamodb-local"));
}

/** Starts both on free loopback ports, with nothing stored. State and logs go into `folder`. */
export async function startLocalStack(options: {
  readonly installed: string;
  readonly folder: string;
}): Promise<LocalStack> {
  const { installed, folder } = options;
  mkdirSync(folder, { recursive: true });
  const [port, tablePort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${port}`;
  const tables = `http://127.0.0.1:${tablePort}`;
  const jars = join(installed, "dynamodb-local");
  const started = [
    start("localstack-launcher.py", [], installed, folder, coreEnvironment(folder, port)),
    start("dynamodb-local-launcher.py", [jars, String(tablePort)], installed, folder, {}),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ pid, marker }) => stopGroup(pid, { marker, patience: 10_000 })));
  };
  try {
    await Promise.all([
      ready(`${endpoint}/_localstack/health`, started[0] as Started),
      ready(tables, started[1] as Started),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { env: clientEnvironment(endpoint, tables), stop };
}

interface Started {
  readonly pid: number;
  readonly marker: string;
  readonly log: string;
  ended(): boolean;
}

function start(
  marker: string,
  args: readonly string[],
  installed: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Started {
  const log = join(folder, marker.replace("-launcher.py", ".log"));
  const file = openSync(log, "w");
  const child = spawn(join(installed, "venv", "bin", "python"), [join(here, marker), ...args], {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  if (child.pid === undefined) throw new Error(`${marker} did not start`);
  return { pid: child.pid, marker, log, ended: () => child.exitCode !== null };
}

/** Without OVERRIDE_IN_DOCKER=0 it takes the machine for its container and writes to /var/lib and /etc. */
function coreEnvironment(folder: string, port: number): Record<string, string> {
  return {
    OVERRIDE_IN_DOCKER: "0",
    FILESYSTEM_ROOT: join(folder, "localstack"),
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    LOCALSTACK_HOST: `localhost:${port}`,
    DISABLE_EVENTS: "1",
    SKIP_SSL_CERT_DOWNLOAD: "1",
    DNS_ADDRESS: "0",
    S3_SKIP_SIGNATURE_VALIDATION: "0",
  };
}

function clientEnvironment(endpoint: string, tables: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: tables,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PROFILE: "",
    AWS_SESSION_TOKEN: "",
  };
}

async function ready(url: string, { ended, log }: Started): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    if (ended()) throw new Error(`It ended while starting (${log}):\n${lastLines(log)}`);
    if (await answers(url)) return;
    await sleep(200);
  }
  throw new Error(`It did not answer within 120 s (${log}):\n${lastLines(log)}`);
}
