/** `npm test`: every check there is, cheapest first, on one machine. Prints a line a stage and one line of totals. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
interface Stage {
  readonly name: string;
  readonly what: string;
  readonly run: () => Promise<Counts>;
}

const root = resolve(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);
const reports = mkdtempSync(join(tmpdir(), "mic-test-"));

const stages: readonly Stage[] = [
  {
    name: "lint",
    what: "Biome: format and lint",
    run: () => check(bin("biome"), ["check", "--error-on-warnings", "."]),
  },
  { name: "knip", what: "knip: nothing dead", run: () => check(bin("knip"), ["--no-progress"]) },
  { name: "types", what: "tsc", run: () => check(bin("tsc"), ["-p", "."]) },
  // jest leaves a core idle by itself, and some of these mostly wait.
  {
    name: "unit",
    what: "unit, property and contract tests",
    run: () => jest("unit", {}, ["--maxWorkers=100%"]),
  },
  {
    name: "fuzz",
    what: "mutated files against reader and decoders, 15 s",
    run: () => check(process.execPath, ["test/fuzz/run.ts", "--seconds", "15"]),
  },
  { name: "infra", what: "templates: intent tests and cdk-nag", run: () => jest("infra") },
  { name: "web", what: "pages build", run: () => check(bin("vite"), ["build", "web", "--logLevel", "warn"]) },
  { name: "emulator", what: "adapters on MiniStack", run: () => contract("ministack") },
  { name: "localstack", what: "adapters on LocalStack's core", run: localstack },
  { name: "journey", what: "journeys on the deployed local cloud, in a browser too", run: journeys },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" }, skip: { type: "string", multiple: true, default: [] } },
});

if (values.help) {
  console.log(
    `npm test [-- stage …] [-- --skip stage]\n\nStages:\n${stages.map((s) => `  ${s.name.padEnd(11)} ${s.what}`).join("\n")}`,
  );
  process.exit(0);
}
process.exitCode = await runStages();

async function runStages(): Promise<number> {
  const chosen = stages.filter(
    ({ name }) => (positionals.length === 0 || positionals.includes(name)) && !values.skip.includes(name),
  );
  const unknown = [...positionals, ...values.skip].filter(
    (name) => !stages.some((stage) => stage.name === name),
  );
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(", ")}. See npm test -- --help.`);
    return 2;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const stage of chosen) {
    const began = performance.now();
    console.log(`\n▶ ${stage.name}: ${stage.what}`);
    const { passed, failed, skipped } = await stage.run();
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${failed === 0 ? "✓" : "✗"} ${stage.name} ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`,
    );
  }
  rmSync(reports, { recursive: true, force: true });
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Runs a command with its output shown; resolves with its exit code. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.on("error", fail);
    child.on("close", (code) => done(code ?? 1));
  });
}

async function check(command: string, args: readonly string[]): Promise<Counts> {
  return (await run(command, args)) === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0 };
}

async function jest(
  project: string,
  env: NodeJS.ProcessEnv = {},
  more: readonly string[] = [],
): Promise<Counts> {
  const report = join(reports, `${project}.json`);
  const args = [
    "--experimental-vm-modules",
    "--no-warnings",
    bin("jest"),
    "--selectProjects",
    project,
    "--json",
    "--outputFile",
    report,
    ...more,
  ];
  // jest --json also prints the report on stdout, so its summary goes to stderr only.
  const code = await run("sh", ["-c", 'exec "$0" "$@" >/dev/null', process.execPath, ...args], env);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return {
    passed: numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: numPendingTests,
  };
}

function contract(emulator: string): Promise<Counts> {
  return check(process.execPath, ["test/contract/run.ts", emulator]);
}

/** A newcomer's machine may lack what DynamoDB Local needs; in CI that is a failure. */
async function localstack(): Promise<Counts> {
  const missing = ["java", "mvn"].filter((command) => spawnSync(command, ["-version"]).status !== 0);
  if (missing.length === 0 || process.env.CI) return contract("localstack");
  console.log(`Skipped: ${missing.join(" and ")} cannot be run here (Java 17 and Maven are needed).`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/** A cloud of its own, so that tests never touch the one a developer has running. */
async function journeys(): Promise<Counts> {
  const folder = join(root, ".local", "test");
  const env = { MIC_LOCAL: folder };
  const up = await run(process.execPath, ["local/start.ts", "--detach", "--fresh", "--no-demo"], env);
  if (up !== 0) return { passed: 0, failed: 1, skipped: 0 };
  try {
    const cloud = join(folder, "cloud.json");
    const { caBundle } = JSON.parse(readFileSync(cloud, "utf8")) as { caBundle?: string };
    return await jest(
      "journey",
      { ...env, MIC_CLOUD: cloud, ...(caBundle && { NODE_EXTRA_CA_CERTS: caBundle }) },
      [
        // One after another: a journey that pauses a queue must not hold up another.
        "--runInBand",
      ],
    );
  } finally {
    await run(process.execPath, ["local/stop.ts"], env);
  }
}
