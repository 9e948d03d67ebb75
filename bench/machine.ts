import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What figures were measured on, in a line. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0] ?? 0;
  return `${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${memory} GB, Node ${process.version}, load ${load.toFixed(1)}.`;
}
