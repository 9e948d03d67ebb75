/** Debian's Orthanc with its DICOMweb plugin as the peer: started on loopback with an empty archive, stopped, forgotten. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../local/processes.ts";
import { cpuSoFar } from "./cpu.ts";

const plugins = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
/** Debian keeps it where only root's path looks. */
const program = ["/usr/sbin/Orthanc", "/usr/bin/Orthanc"].find((path) => existsSync(path));

/** Such as `1.10.1`; undefined where Orthanc or its plugin is not installed. */
export function orthancVersion(): string | undefined {
  if (program === undefined || !existsSync(plugins)) return undefined;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /Orthanc (\S+)/.exec(stdout)?.[1];
}

export interface StowFigures {
  /** Milliseconds by the clock, and of Orthanc's processor time. */
  readonly wall: number;
  readonly cpu: number;
}

/** Stores each file by a STOW-RS request of its own, `connections` at once, into an empty Orthanc. */
export async function stow(files: readonly Uint8Array[], connections: number): Promise<StowFigures> {
  const folder = mkdtempSync(join(tmpdir(), "bench-orthanc-"));
  const port = await freePort();
  const server = start(folder, port);
  try {
    await ready(port, server);
    const pid = server.pid as number;
    const [began, used] = [performance.now(), cpuSoFar(pid)];
    await sendAll(files, port, connections);
    return { wall: performance.now() - began, cpu: cpuSoFar(pid) - used };
  } finally {
    const gone = new Promise((done) => server.once("exit", done));
    server.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(folder: string, port: number): ChildProcess {
  const config = join(folder, "orthanc.json");
  const settings = {
    StorageDirectory: join(folder, "storage"),
    IndexDirectory: join(folder, "index"),
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomServerEnabled: false,
    HttpThreadsCount: 50,
    Plugins: [plugins],
    DicomWeb: { Enable: true, Root: "/dicom-web/" },
  };
  writeFileSync(config, JSON.stringify(settings));
  return spawn(program as string, [config], { stdio: "ignore", cwd: folder });
}

async function ready(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (server.exitCode !== null) throw new Error(`Orthanc ended with ${server.exitCode}`);
    const up = await fetch(`http://127.0.0.1:${port}/system`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await sleep(200);
  }
  throw new Error("Orthanc did not answer within half a minute");
}

async function sendAll(files: readonly Uint8Array[], port: number, connections: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await store(agent, port, file);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

const boundary = "bench-boundary";
const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

function store(agent: Agent, port: number, file: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const length = head.length + file.length + tail.length;
  const headers = {
    "content-type": `multipart/related; type="application/dicom"; boundary=${boundary}`,
    accept: "application/dicom+json",
    "content-length": String(length),
  };
  const at = { host: "127.0.0.1", port, path: "/dicom-web/studies", method: "POST", headers, agent };
  const sending = request(at, (response) => {
    response.resume();
    response.on("end", () =>
      response.statusCode === 200 ? resolve() : reject(new Error(`Orthanc answered ${response.statusCode}`)),
    );
  });
  sending.on("error", reject);
  sending.write(head);
  sending.write(file);
  sending.end(tail);
  return promise;
}
