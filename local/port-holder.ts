/** Names the program that listens on a port, so that a person knows what to stop. */
import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** Undefined where it cannot be told: another user's process, or neither /proc nor lsof. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  return (await fromProc(port)) ?? (await fromLsof(port));
}

/** "port 8480 is held by python3 -m http.server (process 4711)" */
export async function describeHolder(port: number): Promise<string> {
  const holder = await portHolder(port);
  if (!holder) return `port ${port} is held by another program`;
  return `port ${port} is held by \`${holder.command}\` (process ${holder.pid})`;
}

/** Inodes of sockets listening on `port`, from the kernel's table (state 0A is LISTEN). */
export function listeningInodes(table: string, port: number): ReadonlySet<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = new Set<string>();
  for (const line of table.split("\n")) {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === "0A" && local.endsWith(suffix) && inode) inodes.add(inode);
  }
  return inodes;
}

async function fromProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => textOf(`/proc/net/${name}`)));
  const wanted = listeningInodes(tables.join("\n"), port);
  if (wanted.size === 0) return undefined;
  const names = await readdir("/proc").catch(() => []);
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const descriptors = await readdir(`/proc/${name}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${name}/fd/${descriptor}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode && wanted.has(inode)) return { pid: Number(name), command: await commandLine(name) };
    }
  }
  return undefined;
}

async function commandLine(pid: string): Promise<string> {
  return short((await textOf(`/proc/${pid}/cmdline`)).replaceAll("\0", " "));
}

async function fromLsof(port: number): Promise<PortHolder | undefined> {
  try {
    const run = promisify(execFile);
    const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fp"]);
    const pid = /^p(\d+)$/m.exec(stdout)?.[1];
    if (!pid) return undefined;
    const command = (await run("ps", ["-o", "command=", "-p", pid])).stdout;
    return { pid: Number(pid), command: short(command) };
  } catch {
    return undefined;
  }
}

/** Arguments can hold secrets of other programs: only the beginning is shown. */
function short(command: string): string {
  const text = command.trim().replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
