/**
 * Runs the contract suites on a real emulator: `run.ts ministack` or `run.ts localstack`. Installs what it needs under
 * `.local`, listens on loopback, and stops what it started. Exits with 0 when everything passed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installEmulator, startEmulator } from "../../local/emulator.ts";
import { installLocalStack, startLocalStack } from "../../local/localstack-core/localstack.ts";
import { freePort } from "../../local/processes.ts";
import { provision } from "./provision.ts";

const root = resolve(import.meta.dirname, "../..");
const installed = join(root, ".local");

interface Running {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const emulators = {
  ministack: {
    events: true,
    async start(folder: string): Promise<Running> {
      await installEmulator(installed);
      return startEmulator({ installed, folder, port: await freePort(), fresh: true });
    },
  },
  localstack: {
    events: false,
    async start(folder: string): Promise<Running> {
      const core = join(installed, "localstack-core");
      await installLocalStack(core);
      return startLocalStack({ installed: core, folder });
    },
  },
} as const;

async function main(name: string | undefined): Promise<number> {
  if (name !== "ministack" && name !== "localstack") {
    console.error("Usage: run.ts ministack|localstack");
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), `contract-${name}-`));
  console.log(`Starting ${name} (the first time it is downloaded) …`);
  const running = await emulators[name].start(folder);
  // The emulator is a process group of its own, so Ctrl-C does not reach it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void running.stop().finally(() => process.exit(130)));
  }
  try {
    Object.assign(process.env, running.env);
    const cloud = JSON.stringify(await provision(emulators[name]));
    const results = join(folder, "results.json");
    await jest(name, results, { ...running.env, CONTRACT_EMULATOR: name, CONTRACT_CLOUD: cloud });
    return summary(name, results);
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function jest(name: string, results: string, env: Readonly<Record<string, string>>): Promise<void> {
  const args = [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    join(root, "node_modules", "jest", "bin", "jest.js"),
    "--selectProjects=emulator",
    `--testPathPatterns=${name}[.]emulator`,
    "--testTimeout=60000",
    "--json",
    `--outputFile=${results}`,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await new Promise((done) => child.once("close", done));
}

function summary(name: string, results: string): number {
  const counts = JSON.parse(readFileSync(results, "utf8")) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly numPendingTests: number;
    readonly numRuntimeErrorTestSuites: number;
  };
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  if (counts.numPendingTests > 0) console.log(`${counts.numPendingTests} not applicable to ${name}`);
  console.log(`${counts.numPassedTests} passed, ${failed} failed`);
  return failed === 0 && counts.numPassedTests > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
