/** Processor time, which a busy machine does not lengthen as it lengthens the clock's. */
import { readFileSync } from "node:fs";

/** Milliseconds of this process's threads that `work` took. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const tick = 10;

/** Milliseconds of processor time another process has used so far. Linux only. */
export function cpuSoFar(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [utime, stime] = fields.split(" ").slice(11, 13).map(Number);
  return ((utime ?? 0) + (stime ?? 0)) * tick;
}
