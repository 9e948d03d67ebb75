/** `mic watch`: a folder whose files go up as they land. */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandFailed, exitCodes } from "../failures.ts";
import { bandwidth } from "../line/bandwidth.ts";
import { openSession } from "../session.ts";
import type { Disposal } from "../watch/dispose.ts";
import { watchLog } from "../watch/log.ts";
import { type WatchOptions, watchFolder } from "../watch/watch-folder.ts";

interface Flags {
  readonly encounter: WatchOptions["encounterClass"];
  readonly statFolder: string;
  readonly settle: number;
  readonly quiet: number;
  readonly every: number;
  readonly health: number;
  readonly parallel: number;
  readonly limit?: number;
  readonly moveTo?: string;
  readonly delete?: boolean;
  readonly json?: boolean;
}

/** Seconds a request under way may take to finish after a signal; it is resumed at the next start if it does not. */
const grace = 20;

export function addWatchCommand(program: Command): void {
  program
    .command("watch")
    .description("send whatever lands in a folder, until stopped (Ctrl-C, SIGTERM)")
    .argument("<folder>", "a folder, searched to any depth")
    .addOption(
      new Option("--encounter <class>", "decides how long originals are kept")
        .choices(["outpatient", "inpatient", "unknown"])
        .default("unknown"),
    )
    .option("--stat-folder <name>", "the folder directly inside whose files are emergencies", "STAT")
    .option("--settle <seconds>", "a file is complete when it stayed the same for so long", seconds, 10)
    .option("--quiet <seconds>", "an upload is complete when no file came for so long", seconds, 60)
    .option("--every <seconds>", "how often the folder is looked at", seconds, 5)
    .option("--health <seconds>", "how often to say how things are", seconds, 300)
    .option("--parallel <n>", "requests at the same time, at most", requests, 8)
    .option("--limit <rate>", "bits a second that are used at most, such as 512K or 2M", bandwidth)
    .addOption(
      new Option("--move-to <folder>", "move files there once they are in the archive").conflicts("delete"),
    )
    .option("--delete", "delete files once they are in the archive")
    .option("--json", "log JSON, a line an event")
    .action(async (folder: string, flags: Flags) => {
      const disposal = disposalOf(folder, flags);
      const client = openSession(program.opts(), "technician");
      const log = watchLog(flags.json ?? false);
      const { encounter, settle, statFolder, quiet, every, health, parallel, limit } = flags;
      const options = { statFolder, quiet, every, health, parallel, limit, disposal };
      await watchFolder(
        client,
        folder,
        { ...options, encounterClass: encounter, settled: settle },
        log,
        untilSignal(() => log("stopping")),
      );
    });
}

/** The first signal lets what is under way finish, for a while; the second one does not. */
function untilSignal(onFirst: () => void): AbortSignal {
  const stop = new AbortController();
  const end = (): void => process.exit(exitCodes.ok);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) return end();
      onFirst();
      setTimeout(end, grace * 1000).unref();
      stop.abort();
    });
  return stop.signal;
}

function disposalOf(folder: string, { moveTo, delete: remove }: Flags): Disposal | undefined {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CommandFailed(`${folder} is not a folder. Which folder is to be watched?`, exitCodes.usage);
  if (remove) return { delete: true };
  if (moveTo === undefined) return undefined;
  const inside = relative(resolve(folder), resolve(moveTo));
  if (inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside))
    throw new CommandFailed("--move-to must lie outside of the watched folder.", exitCodes.usage);
  return { moveTo: resolve(moveTo) };
}

function seconds(value: string): number {
  if (/^\d{1,6}(?:\.\d+)?$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError("give seconds, more than 0");
}

function requests(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError("give a whole number from 1 to 99");
}
