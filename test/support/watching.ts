import type { WatchOptions } from "../../cli/watch/watch-folder.ts";

/** `mic watch` in seconds instead of minutes. */
export const quickWatch: WatchOptions = {
  encounterClass: "unknown",
  parallel: 4,
  statFolder: "STAT",
  settled: 0.3,
  quiet: 0.4,
  every: 0.1,
  health: 3600,
};
