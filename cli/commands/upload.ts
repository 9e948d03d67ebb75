/** `mic upload`, `mic uploads`, `mic ledger`: from a folder to a balanced ledger. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { LedgerFile } from "../../shared/contract/schemas/upload.ts";
import { exitCodes } from "../failures.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";
import { findingLines, type StudyFindings, waitForFindings } from "../upload/findings.ts";
import { readLedger } from "../upload/ledger.ts";
import type { SkippedFile } from "../upload/scan-folder.ts";
import { type UploadOptions, type UploadResult, uploadFolder } from "../upload/upload-folder.ts";

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
    .option(
      "--timeout <minutes>",
      "with --wait: give up when no file changes its state for so long",
      positiveWholeNumber,
      60,
    )
    .option("--json", "print the result as JSON")
    .action(async (folder: string, flags: Flags) => {
      const client = openSession(program.opts(), "technician");
      const { encounter, json = false, ...options } = flags;
      const result = await uploadFolder(client, folder, {
        ...options,
        encounterClass: encounter,
        silent: json,
      });
      const studies = flags.wait ? await waitForFindings(client.patient(), result.uploadIds) : undefined;
      if (json) printJson(asJson(result, studies));
      else printResult(result, studies);
      process.exitCode = unreadable(result.skipped) ? exitCodes.incomplete : exitCodeOf(result.ledger);
    });

  program
    .command("ledger")
    .description("the state of every file of an upload")
    .argument("<uploadId>", "as mic upload printed it", uploadIdArgument)
    .option("--json", "print as JSON")
    .action(async (uploadId: string, flags: { json?: boolean }) => {
      const { ledger, files } = await readLedger(openSession(program.opts(), "technician"), uploadId);
      if (flags.json) printJson(asJson({ uploadId, uploadIds: [uploadId], ledger, files, skipped: [] }));
      else printLedger(ledger, files, []);
      process.exitCode = exitCodeOf(ledger);
    });
}

function uploadIdArgument(value: string): string {
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(value)) return value;
  throw new InvalidArgumentError("an upload's id has 26 capital letters and digits; mic upload prints it");
}

function asJson(
  { uploadId, uploadIds, ledger, files, skipped }: UploadResult,
  studies?: readonly StudyFindings[],
) {
  return {
    uploadId,
    uploadIds,
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
        reason,
      })),
    ],
    ...(studies && { studies }),
  };
}

/** `studies`: where their findings were waited for. */
function printResult(
  { uploadIds, ledger, files, skipped }: UploadResult,
  studies?: readonly StudyFindings[],
): void {
  printLedger(ledger, files, skipped);
  for (const line of findingLines(studies ?? [])) process.stdout.write(`${line}\n`);
  for (const id of uploadIds)
    process.stdout.write(`Upload ${id}${studies ? "" : `: all sent. Follow it with mic ledger ${id}`}\n`);
}

/** The files that need a look first, then the totals. */
function printLedger(
  { announced, totals }: UploadResult["ledger"],
  files: readonly LedgerFile[],
  skipped: readonly SkippedFile[],
): void {
  const waiting = files.filter(({ state }) => state === "quarantined" || state === "conflict");
  const rows = [
    ...skipped.map(({ name, reason }) => ["skipped", name, reason.en, ""]),
    ...waiting.map(({ state, name, reason }) => [
      state,
      name,
      reason?.en ?? "Another image with the same UID is there; that one stays.",
      String(reason?.offset ?? ""),
    ]),
  ];
  if (rows.length > 0) printTable(["state", "file", "why", "at byte"], rows);
  const counts = Object.entries({ ...totals, skipped: skipped.length })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  process.stdout.write(`${announced + skipped.length} files: ${counts.join(", ")}\n`);
}

const exitCodeOf = ({ totals }: UploadResult["ledger"]): number =>
  totals.quarantined + totals.conflict > 0 ? exitCodes.incomplete : exitCodes.ok;

/** What cannot be read may be an image: nobody should take the folder for done. */
const unreadable = (skipped: readonly SkippedFile[]): boolean =>
  skipped.some(({ reason }) => reason.code.startsWith("unreadable"));

function positiveWholeNumber(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError("give a whole number from 1 to 99");
}
