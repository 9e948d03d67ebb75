/** `mic conflict`: two images under one UID, side by side, and which of them counts. */
import { type Command, Option } from "commander";
import type { ConflictView, Keep, ResolutionView } from "../../shared/contract/schemas/ingest.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";
import { dayOf, linesOfConflict } from "./desk-lines.ts";

interface WithJson {
  readonly json?: boolean;
}

export function addConflictCommands(program: Command): void {
  const conflict = program.command("conflict").description("two images under one SOP Instance UID");

  conflict
    .command("list <studyUid>")
    .description("conflicts of a study, undecided ones first")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, { json }: WithJson) => {
      const conflicts = await conflictsOf(openSession(program.opts(), "technician"), studyUid);
      if (json) return printJson(conflicts);
      if (conflicts.length === 0) return void process.stdout.write("The study has no conflicts.\n");
      printTable(
        ["image", "other bytes", "found", "differ", "pixels", "decided"],
        conflicts.map(conflictRow),
      );
    });

  conflict
    .command("show <studyUid> <sopUid>")
    .description("both sides of a conflict, and what differs")
    .option("--sha256 <hash>", "which, where the image has several; its beginning is enough")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, sopUid: string, { sha256, json }: WithJson & { sha256?: string }) => {
      const client = openSession(program.opts(), "technician");
      const one = chosen(await conflictsOf(client, studyUid), sopUid, sha256);
      if (json) printJson(one);
      else process.stdout.write(`${linesOfConflict(one).join("\n")}\n`);
    });

  conflict
    .command("resolve <studyUid> <sopUid>")
    .description("decide, for good, which image counts (hospital-admin)")
    .addOption(keepOption)
    .option("--sha256 <hash>", "which, where the image has several; its beginning is enough")
    .option("--reason <text>", "kept in the audit; never a patient's name")
    .option("--json", "print as JSON")
    .action((studyUid: string, sopUid: string, flags: ResolveFlags) =>
      resolve(program, studyUid, sopUid, flags),
    );
}

const keepOption = new Option("--keep <which>", "both: the new one under a UID of its own")
  .choices(["first", "new", "both"] satisfies Keep[])
  .makeOptionMandatory();

interface ResolveFlags extends WithJson {
  readonly keep: Keep;
  readonly sha256?: string;
  readonly reason?: string;
}

async function resolve(
  program: Command,
  studyUid: string,
  sopUid: string,
  flags: ResolveFlags,
): Promise<void> {
  const client = openSession(program.opts(), "hospital-admin");
  const { sha256 } = chosen(await conflictsOf(client, studyUid), sopUid, flags.sha256);
  const { keep, reason } = flags;
  const path = `/v1/studies/${encodeURIComponent(studyUid)}/conflicts/${encodeURIComponent(sopUid)}/${sha256}/resolve`;
  const decided = await client.post<{ resolution: ResolutionView }>(path, {
    keep,
    ...(reason && { reason }),
  });
  if (flags.json) return printJson(decided);
  const { sopInstanceUid } = decided.resolution;
  const under = sopInstanceUid === undefined ? "" : ` The new image becomes ${sopInstanceUid}.`;
  process.stdout.write(`Decided: keep ${keep}.${under}\n`);
}

async function conflictsOf(client: ApiClient, studyUid: string): Promise<readonly ConflictView[]> {
  const path = `/v1/studies/${encodeURIComponent(studyUid)}/conflicts`;
  return (await client.get<{ conflicts: ConflictView[] }>(path)).conflicts;
}

function chosen(conflicts: readonly ConflictView[], sopUid: string, sha256 = ""): ConflictView {
  const found = conflicts.filter((one) => one.sopInstanceUid === sopUid && one.sha256.startsWith(sha256));
  const [one] = found;
  if (one === undefined)
    throw new CommandFailed("The study has no such conflict: mic conflict list shows them.");
  if (found.length === 1) return one;
  const hashes = found.map((each) => `  ${each.sha256}`).join("\n");
  throw new CommandFailed(
    `Several images came under this UID. Say which with --sha256:\n${hashes}`,
    exitCodes.usage,
  );
}

const conflictRow = (one: ConflictView): readonly string[] => [
  one.sopInstanceUid,
  one.sha256.slice(0, 12),
  dayOf(one.foundAt),
  `${one.differences.length} attributes`,
  one.pixels,
  one.resolution ? `keep ${one.resolution.keep}` : "",
];
