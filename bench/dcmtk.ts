/** dcmtk's tools as the peer: processes, with the cost of starting one measured and taken off. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { timed } from "./measure.ts";

export type PeerTool = "dcmdump" | "dcmj2pnm";

/** First line of `dcmdump --version`; undefined where dcmtk is not installed. */
export function dcmtkVersion(): string | undefined {
  const run = spawnSync("dcmdump", ["--version"], { encoding: "utf8" });
  return run.status === 0 ? /dcmtk: dcmdump (\S+ \S+)/.exec(run.stdout)?.[1] : undefined;
}

function run(tool: PeerTool, args: readonly string[]): Promise<number> {
  return timed(() => {
    const { status } = spawnSync(tool, args, { stdio: "ignore" });
    if (status !== 0) throw new Error(`${tool} ended with ${status}`);
  });
}

/** A process that loads the tool and does nothing. */
export const spawnFloor = (tool: PeerTool): Promise<number> => run(tool, ["--version"]);

export const dump = (path: string): Promise<number> => run("dcmdump", ["-q", path]);

/** A JPEG of 256 pixels' width of the frame in the middle, first window applied. */
export async function thumbnail(path: string, frame: number, grey: boolean): Promise<number> {
  const out = `${path}.jpg`;
  const window = grey ? ["+Wi", "1"] : [];
  const args = ["-q", "+oj", "+Sxv", "256", "+F", String(frame + 1), ...window, path, out];
  const time = await run("dcmj2pnm", args);
  rmSync(out, { force: true });
  return time;
}
