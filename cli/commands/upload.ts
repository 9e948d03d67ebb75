/** `mic upload`, `mic uploads`, `mic ledger`: from a folder to a balanced ledger. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Ledger, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import { exitCodes } from "../failures.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";
import { readLedger, type UploadOptions, type UploadResult, uploadFolder } from "../upload/upload-folder.ts";

interface Flags extends Omit<UploadOptions, "silent" | "encounterClass"> {
  readonly encounter: UploadOptions["encounterClass"];
  readonly json?: boolean;
}

export function addUploadCommands(program: Command): void {
  program
    .command("upload")
    .description("upload every DICOM file under a folder")
    .argument("<folder>", "a folder, searched to any depth, or one file")
    .addOption(
      new Option("--priority <priority>", "stat goes ahead of everything routine")
        .choices(["routine", "stat"])
        .default("routine"),
    )
    .addOption(
      new Option("--encounter <class>", "decides how long originals are kept")
        .choices(["outpatient", "inpatient", "unknown"])
        .default("unknown"),
    )
    .option("--parallel <n>", "files sent at the same time", positiveWholeNumber, 4)
    .option("--wait", "return when every file has its final state", false)
    .option("--json", "print the result as JSON")
    .action(async (folder: string, flags: Flags) => {
      const client = openSession(program.opts(), "technician");
      const { encounter, json = false, ...options } = flags;
      const result = await uploadFolder(client, folder, {
        ...options,
        encounterClass: encounter,
        silent: json,
      });
      if (json) printJson(asJson(result));
      else printResult(result, flags.wait);
      process.exitCode = exitCodeOf(result.ledger);
    });

  program
    .command("ledger")
    .description("the state of every file of an upload")
    .argument("<uploadId>")
    .option("--json", "print as JSON")
    .action(async (uploadId: string, flags: { json?: boolean }) => {
      const { ledger, files } = await readLedger(openSession(program.opts(), "technician"), uploadId);
      if (flags.json) printJson(asJson({ uploadId, ledger, files, skipped: [] }));
      else printLedger(ledger, files);
      process.exitCode = exitCodeOf(ledger);
    });
}

function asJson({ uploadId, ledger, files, skipped }: UploadResult) {
  return {
    uploadId,
    totals: { ...ledger.totals, skipped: skipped.length },
    files: [
      ...files.map(({ name, state, reason, sopInstanceUid }) => ({
        path: name,
        state,
        ...(reason ? { reason } : {}),
        ...(sopInstanceUid ? { sopInstanceUid } : {}),
      })),
      ...skipped.map(({ name, reason }) => ({
        path: name,
        state: "skipped",
        reason: { code: "skipped", en: reason },
      })),
    ],
  };
}

function printResult({ uploadId, ledger, files, skipped }: UploadResult, waited: boolean): void {
  for (const { name, reason } of skipped) process.stdout.write(`skipped      ${name}: ${reason}\n`);
  printLedger(ledger, files);
  process.stdout.write(
    `Upload ${uploadId}${waited ? "" : `: all sent. Follow it with mic ledger ${uploadId}`}\n`,
  );
}

function printLedger({ announced, totals }: Ledger, files: readonly LedgerFile[]): void {
  const waiting = files.filter(({ state }) => state === "quarantined" || state === "conflict");
  if (waiting.length > 0) {
    printTable(
      ["state", "file", "why", "at byte"],
      waiting.map(({ state, name, reason }) => [
        state,
        name,
        reason?.en ?? "same UID as another image, different bytes",
        String(reason?.offset ?? ""),
      ]),
    );
  }
  const counts = Object.entries(totals)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  process.stdout.write(`${announced} files: ${counts.join(", ")}\n`);
}

const exitCodeOf = ({ totals }: Ledger): number =>
  totals.quarantined + totals.conflict > 0 ? exitCodes.incomplete : exitCodes.ok;

function positiveWholeNumber(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError("give a whole number from 1 to 99");
}
