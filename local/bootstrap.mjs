/**
 * node local/bootstrap.mjs <script.ts> [arguments]
 *
 * Makes a fresh clone ready and runs a script of the project on the pinned Node. Plain JavaScript for Node ≥ 20 with
 * nothing installed: everything else here is TypeScript for the Node that this installs.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = 20;
const needPython = new Set(["local/start.ts", "test/run.ts"]);
const installLog = join(root, ".local", "logs", "install.log");

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8"));
  } catch {
    return undefined;
  }
}

function checkNode() {
  const major = Number(process.versions.node.split(".", 1)[0]);
  if (major >= oldestNode) return;
  fail(
    `Node ${oldestNode} or newer is needed to begin with; this is ${process.version} (${process.execPath}).\n` +
      "Get one from https://nodejs.org; the exact version the project runs on is then installed by itself.",
  );
}

/** The emulator is a Python program. Said before anything is installed, since a minute later is too late to be told. */
function checkPython(script) {
  if (!needPython.has(script) || process.env.LOCAL_CLOUD === "localstack") return;
  if (existsSync(join(root, ".local", "venv", "installed"))) return;
  const commands = [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
  ];
  const program = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 10))";
  const found = [];
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ["-c", program], { encoding: "utf8" });
    if (status === 0) return;
    if (stdout) found.push(`${command} is ${stdout.trim()}`);
  }
  fail(
    `Python 3.10 or newer is needed: the emulated cloud runs on it. Found: ${found.join(", ") || "none"}.\n` +
      "Get one from https://python.org or your system's packages (on Debian: python3 and python3-venv).",
  );
}

/** Whether node_modules holds what the lock file says: npm writes what it installed to a lock file of its own there. */
function dependenciesCurrent() {
  const wanted = readJson("package-lock.json")?.packages ?? {};
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (!installed) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, peer }]) =>
      path === "" || optional || peer || installed[path]?.version === version,
  );
}

/** Two commands in a fresh clone at once: the second waits for the first one's installation. */
async function withInstallLock(work) {
  mkdirSync(dirname(installLog), { recursive: true, mode: 0o700 });
  const lock = join(root, ".local", "installing");
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(readFileSync(lock, "utf8"));
      if (holder && !isRunning(holder)) rmSync(lock, { force: true });
      else await sleep(500);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function installDependencies() {
  if (dependenciesCurrent()) return;
  console.log("Installing dependencies (once, about a minute) …");
  const started = Date.now();
  const log = openSync(installLog, "w");
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm, "ci"] : ["npm", "ci"];
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", log, log],
    shell: !npm && process.platform === "win32",
  });
  if (status !== 0) {
    const tail = readFileSync(installLog, "utf8").trimEnd().split("\n").slice(-15).join("\n");
    fail(`npm ci failed${error ? ` (${error.message})` : ""}:\n${tail}\n\nThe whole log: ${installLog}`);
  }
  console.log(`✓ Dependencies installed  ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * The pinned Node: the npm package `node`. Its binary comes through an install script, which npm can be told not to
 * run; then that script is run here.
 */
function pinnedNode() {
  const binary = join(
    root,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (works(binary)) return binary;
  const folder = join(root, "node_modules", "node");
  if (existsSync(folder)) {
    console.log("Installing the pinned Node, since npm did not run its install script …");
    const script = join(folder, "installArchSpecificPackage.js");
    const { stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: "utf8" });
    if (works(binary)) {
      linkBinary(binary);
      return binary;
    }
    console.error(`${stdout ?? ""}${stderr ?? ""}`);
  }
  const wanted = readJson("package.json")?.devDependencies?.node;
  return fail(
    `The pinned Node ${wanted} could not be installed for ${process.platform} ${process.arch}.\n` +
      "npm may be set to ignore install scripts: try `npm rebuild node --ignore-scripts=false`, then this again.",
  );
}

function works(binary) {
  return existsSync(binary) && spawnSync(binary, ["--version"]).status === 0;
}

/** `npm run` puts node_modules/.bin first on the path; npm makes no link for a binary that came late. */
function linkBinary(binary) {
  const link = join(root, "node_modules", ".bin", "node");
  if (process.platform !== "win32" && !existsSync(link)) symlinkSync(binary, link);
}

/** Who started this, and who started that where it is npm's shell and the system tells. */
function ancestors() {
  if (!process.env.npm_lifecycle_event) return `${process.ppid}`;
  try {
    const [, fields = ""] = readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(") ");
    return `${process.ppid} ${fields.split(" ")[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** Runs the script in this one's place: same terminal, same signals, same exit code. */
function run(node, script, args) {
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const child = spawn(node, [join(root, script), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process only does not.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm's shell dies of a signal without passing it on, and lives on when npm is killed: nobody is left to tell the child.
  const above = ancestors();
  setInterval(() => ancestors() === above || child.kill("SIGTERM"), 1000).unref();
  child.on("error", (error) => fail(`${script} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

const [script, ...args] = process.argv.slice(2);
if (!script) fail("usage: node local/bootstrap.mjs <script.ts> [arguments]");
checkNode();
checkPython(script);
if (!dependenciesCurrent()) await withInstallLock(installDependencies);
run(pinnedNode(), script, args);
