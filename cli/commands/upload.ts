/** `mic upload`, `mic uploads`, `mic ledger`: from a folder to a balanced ledger. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { exitCodes } from "../failures.ts";
import { bandwidth } from "../line/bandwidth.ts";
import { language } from "../locale.ts";
import { printJson, printTable, visible } from "../print.ts";
import { openSession } from "../session.ts";
import { ulidArgument } from "../ulid-argument.ts";
import { findingLines, type StudyFindings, waitForFindings } from "../upload/findings.ts";
import { readLedger } from "../upload/ledger.ts";
import { mayBeImage } from "../upload/left-out.ts";
import { type UploadOptions, type UploadResult, uploadFolder } from "../upload/upload-folder.ts";

interface Flags extends Omit<UploadOptions, "silent" | "encounterClass"> {
  readonly encounter: UploadOptions["encounterClass"];
  readonly json?: boolean;
}

export function addUploadCommands(program: Command): void {
  program
    .command("upload")
    .description("upload every DICOM file under a folder, zip archives and ISO images of discs included")
    .argument("<folder>", "a folder, searched to any depth, or one file, archive or image of a disc")
    .addOption(
      new Option(
        "--priority <priority>",
        "stat goes ahead of everything routine, on this machine and at the server",
      )
        .choices(["routine", "stat"])
        .default("routine"),
    )
    .addOption(
      new Option("--encounter <class>", "decides how long originals are kept")
        .choices(["outpatient", "inpatient", "unknown"])
        .default("unknown"),
    )
    .option(
      "--parallel <n>",
      "requests at the same time, at most: as many as the line is faster by",
      positiveWholeNumber,
      8,
    )
    .option("--limit <rate>", "bits a second that are used at most, such as 512K or 2M", bandwidth)
    .option(
      "--order <id>",
      "send photographs of film and PDF reports too, for this order",
      ulidArgument("an order's", "mic order list"),
    )
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
      process.exitCode = isWhole(result) ? exitCodeOf(result.ledger) : exitCodes.incomplete;
    });

  program
    .command("ledger")
    .description("the state of every file of an upload")
    .argument("<uploadId>", "as mic upload printed it", ulidArgument("an upload's", "mic upload"))
    .option("--json", "print as JSON")
    .action(async (uploadId: string, flags: { json?: boolean }) => {
      const { ledger, files } = await readLedger(openSession(program.opts(), "technician"), uploadId);
      if (flags.json)
        printJson(
          asJson({ uploadId, uploadIds: [uploadId], ledger, files, skipped: [], notSent: [], warnings: [] }),
        );
      else printLedger({ ledger, files, skipped: [], notSent: [], warnings: [] });
      process.exitCode = exitCodeOf(ledger);
    });
}

function asJson(
  { uploadId, uploadIds, ledger, files, skipped, notSent, warnings }: UploadResult,
  studies?: readonly StudyFindings[],
) {
  const why = new Map(notSent.map(({ name, reason }) => [name, reason]));
  return {
    uploadId,
    uploadIds,
    totals: { ...ledger.totals, skipped: skipped.length },
    files: [
      ...files.map(({ name, state, reason, sopInstanceUid }) => ({
        path: name,
        state,
        ...((reason ?? why.get(name)) ? { reason: reason ?? why.get(name) } : {}),
        ...(sopInstanceUid ? { sopInstanceUid } : {}),
      })),
      ...skipped.map(({ name, reason }) => ({
        path: name,
        state: "skipped",
        reason,
      })),
    ],
    ...(warnings.length > 0 && { warnings }),
    ...(studies && { studies }),
  };
}

/** `studies`: where their findings were waited for. */
function printResult(result: UploadResult, studies?: readonly StudyFindings[]): void {
  printLedger(result);
  for (const line of findingLines(studies ?? [])) process.stdout.write(`${line}\n`);
  for (const id of result.uploadIds)
    process.stdout.write(`Upload ${id}${studies ? "" : `: all sent. Follow it with mic ledger ${id}`}\n`);
}

/** The files that need a look first, then the totals. */
function printLedger({
  ledger,
  files,
  skipped,
  notSent,
  warnings,
}: Omit<UploadResult, "uploadId" | "uploadIds">): void {
  const { announced, totals } = ledger;
  const spoken = language();
  const waiting = files.filter(({ state }) => state === "quarantined" || state === "conflict");
  const rows = [
    ...skipped.map(({ name, reason }) => ["skipped", name, reason[spoken], ""]),
    ...notSent.map(({ name, reason }) => ["awaiting", name, reason[spoken], ""]),
    ...waiting.map(({ state, name, reason }) => [
      state,
      name,
      reason?.[spoken] ?? conflictReason[spoken],
      String(reason?.offset ?? ""),
    ]),
  ];
  if (rows.length > 0) printTable(["state", "file", "why", "at byte"], rows);
  const counts = Object.entries({ ...totals, skipped: skipped.length })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  for (const { name, missing, ...sentence } of warnings) {
    process.stdout.write(`${visible(name)}: ${sentence[spoken]}\n`);
    for (const file of missing.slice(0, 10)) process.stdout.write(`  missing ${visible(file)}\n`);
  }
  process.stdout.write(`${announced + skipped.length} files: ${counts.join(", ")}\n`);
}

const conflictReason = {
  en: "Another image with the same UID is there; that one stays.",
  zh: "已有另一幅相同 UID 的图像，先到的保留。",
} as const;

/** Nobody should take a disc for done that may hold more images. */
const isWhole = ({ skipped, notSent, warnings }: UploadResult): boolean =>
  warnings.length === 0 && notSent.length === 0 && !skipped.some(mayBeImage);

const exitCodeOf = ({ totals }: UploadResult["ledger"]): number =>
  totals.quarantined + totals.conflict > 0 ? exitCodes.incomplete : exitCodes.ok;

function positiveWholeNumber(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError("give a whole number from 1 to 99");
}
