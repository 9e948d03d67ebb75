/** `mic quarantine`: look at what could not be taken in, and decide about it. */
import type { Command } from "commander";
import type { CorrectRequest, Decided, Inspected, Waiting } from "../../shared/contract/schemas/ingest.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { printJson, printTable, shortened } from "../print.ts";
import { openSession } from "../session.ts";
import { ulidArgument } from "../ulid-argument.ts";
import { dayOf, linesOfFile } from "./desk-lines.ts";

interface WithJson {
  readonly json?: boolean;
}
interface ListFlags extends WithJson {
  readonly code?: string;
}
interface ReleaseFlags extends WithJson {
  readonly sop?: string;
  readonly study?: string;
  readonly series?: string;
  readonly sopClass?: string;
  readonly charset?: string;
  readonly order?: string;
}

const uploadId = ulidArgument("an upload's", "mic quarantine list");

export function addQuarantineCommands(program: Command): void {
  const quarantine = program.command("quarantine").description("files that could not be taken in");

  quarantine
    .command("list")
    .description("what waits, newest upload first")
    .option("--code <code>", "only files with this reason, such as missing-uid")
    .option("--json", "print as JSON")
    .action(async ({ code, json }: ListFlags) => {
      const files = await everyFile(openSession(program.opts(), "technician"), code);
      if (json) return printJson(files);
      if (files.length === 0) return void process.stdout.write("Nothing waits in quarantine.\n");
      printTable(["upload", "file", "reason", "since", "kept until", "name"], files.map(rowOf));
    });

  quarantine
    .command("show")
    .description("why a file was refused, where, what of it can be read, and what can be done")
    .argument("<uploadId>", "as mic quarantine list prints it", uploadId)
    .argument("<fileId>")
    .option("--json", "print as JSON")
    .action(async (id: string, fileId: string, { json }: WithJson) => {
      const client = openSession(program.opts(), "technician");
      const shown = await client.get<Inspected>(pathOf(id, fileId));
      if (json) printJson(shown);
      else process.stdout.write(`${linesOfFile(shown).join("\n")}\n`);
    });

  quarantine
    .command("release")
    .description("try to take the file in again; with an option, a corrected copy of it (hospital-admin)")
    .argument("<uploadId>", "as mic quarantine list prints it", uploadId)
    .argument("<fileId>")
    .option("--study <uid>", "assign the Study Instance UID: a UID, or new")
    .option("--series <uid>", "assign the Series Instance UID: a UID, or new")
    .option("--sop <uid>", "assign the SOP Instance UID: a UID, or new")
    .option("--sop-class <uid>", "assign the SOP Class UID")
    .option("--charset <terms>", "assign the Specific Character Set, such as GB18030")
    .option("--order <id>", "take a photograph or document in for this order (technician)")
    .option("--json", "print as JSON")
    .action((id: string, fileId: string, flags: ReleaseFlags) => release(program, id, fileId, flags));

  quarantine
    .command("discard")
    .description("give the file up: its bytes go, the ledger keeps who decided and why")
    .argument("<uploadId>", "as mic quarantine list prints it", uploadId)
    .argument("<fileId>")
    .requiredOption("--reason <text>", "kept in the audit; never a patient's name")
    .option("--json", "print as JSON")
    .action(async (id: string, fileId: string, { reason, json }: WithJson & { reason: string }) => {
      const client = openSession(program.opts(), "hospital-admin");
      const done = await client.post<Decided>(`${pathOf(id, fileId)}/discard`, { reason });
      if (json) printJson(done);
      else process.stdout.write("Discarded.\n");
    });
}

async function release(
  program: Command,
  uploadId: string,
  fileId: string,
  flags: ReleaseFlags,
): Promise<void> {
  const request = correctionOf(flags);
  const corrects = Object.keys(request).length > 0;
  if (corrects && flags.order !== undefined)
    throw new CommandFailed(
      "--order goes with no correction: what it is for has no identifiers yet.",
      exitCodes.usage,
    );
  const client = openSession(program.opts(), corrects ? "hospital-admin" : "technician");
  const path = `${pathOf(uploadId, fileId)}/${corrects ? "correct" : "release"}`;
  const decided = await client.post<Decided>(
    path,
    flags.order === undefined ? request : { orderId: flags.order },
  );
  if (flags.json) return printJson(decided);
  const what = corrects ? "A corrected copy is being taken in." : "The file is being tried again.";
  process.stdout.write(`${what} See mic ledger ${uploadId}\n`);
}

function correctionOf({ sop, study, series, sopClass, charset }: ReleaseFlags): CorrectRequest {
  return {
    ...(sopClass !== undefined && { sopClassUid: sopClass }),
    ...(sop !== undefined && { sopInstanceUid: sop }),
    ...(study !== undefined && { studyInstanceUid: study }),
    ...(series !== undefined && { seriesInstanceUid: series }),
    ...(charset !== undefined && { characterSet: charset }),
  };
}

async function everyFile(client: ApiClient, code: string | undefined): Promise<readonly Waiting[]> {
  const files: Waiting[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: "200", ...(code && { code }), ...(cursor && { cursor }) });
    const page = await client.get<{ files: Waiting[]; next?: string }>(`/v1/quarantine?${query}`);
    files.push(...page.files);
    cursor = page.next;
  } while (cursor !== undefined);
  return files;
}

const pathOf = (uploadId: string, fileId: string): string =>
  `/v1/quarantine/${encodeURIComponent(uploadId)}/${encodeURIComponent(fileId)}`;

const rowOf = ({ uploadId, fileId, reason, quarantinedAt, keptUntil, name }: Waiting): readonly string[] => [
  uploadId,
  fileId,
  reason.code,
  dayOf(quarantinedAt),
  dayOf(keptUntil),
  shortened(name, 40),
];
