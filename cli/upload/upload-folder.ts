/** A folder into the cloud: scan, announce, send in parallel, complete, and wait until every file has its final state. */
import type { CreateUploadRequest, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed } from "../failures.ts";
import { beginEmergency, EmergencyWatch } from "../line/emergency.ts";
import { Pacer } from "../line/pacer.ts";
import { Window } from "../line/window.ts";
import { language } from "../locale.ts";
import { patienceMinutes } from "../patience.ts";
import { announceAll } from "./announce.ts";
import type { DiscWarning } from "./disc-index.ts";
import { readLedger, type Sum, sumOf, waitUntilDone } from "./ledger.ts";
import { type SkippedFile, skipped } from "./left-out.ts";
import { showReading } from "./progress.ts";
import { type Scan, scanFolder } from "./scan-folder.ts";
import { sendAll } from "./send-all.ts";
import type { Line } from "./send-piece.ts";
import { Unfinished } from "./unfinished.ts";

export interface UploadOptions {
  readonly priority: CreateUploadRequest["priority"];
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  /** Requests at the same time, at most. */
  readonly parallel: number;
  /** Bytes a second; undefined for as fast as the line is. */
  readonly limit?: number | undefined;
  /** The order that photographs and documents of the folder belong to; without it they stay here. */
  readonly order?: string | undefined;
  readonly wait: boolean;
  /** Minutes without any change after which waiting ends. */
  readonly timeout: number;
  readonly silent: boolean;
}
export interface UploadResult {
  /** The first of `uploadIds`; a folder has more than one when it has more files than one upload may. */
  readonly uploadId: string;
  readonly uploadIds: readonly string[];
  readonly ledger: Sum;
  readonly files: readonly LedgerFile[];
  readonly skipped: readonly SkippedFile[];
  /** Announced, but not what was announced any more: they stay `awaiting`. */
  readonly notSent: readonly SkippedFile[];
  readonly warnings: readonly DiscWarning[];
}

/**
 * Goes on with what an interrupted run of the same command announced and did not send. Throws CommandFailed when nothing in
 * the folder is DICOM, a file cannot be sent, or nothing moves for `timeout` while waiting.
 */
export async function uploadFolder(
  client: ApiClient,
  folder: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const reading = showReading(options.silent);
  const scan = await scanFolder(folder, reading.count, options.order).finally(reading.finish);
  if (scan.files.length === 0) throw nothingToSend(folder, scan.skipped);
  const emergency = options.priority === "stat" ? beginEmergency() : undefined;
  try {
    return await send(client, folder, scan, options);
  } finally {
    emergency?.end();
  }
}

async function send(
  client: ApiClient,
  folder: string,
  scan: Scan,
  options: UploadOptions,
): Promise<UploadResult> {
  const { priority, encounterClass, order: orderId } = options;
  const unfinished = new Unfinished({ api: client.base, folder, priority, encounterClass, orderId });
  const patient = client.patient({ onceAnswered: true, ...(!options.silent && { onWait: tellWaiting }) });
  const announcing = { client: patient, unfinished, priority, encounterClass };
  const { announced, uploadIds, gone } = await announceAll(announcing, scan.files).catch((error: unknown) => {
    throw error instanceof CommandFailed ? interrupted(error, unfinished.uploadIds) : error;
  });
  const left = await sendAll(patient, lineFor(options), announced, options)
    .then(async (some) => {
      await completeAll(patient, uploadIds);
      return some;
    })
    .catch((error: unknown) => {
      throw error instanceof CommandFailed ? interrupted(error, uploadIds) : error;
    });
  const notSent = [...left, ...gone.map(({ name }) => skipped(name, "unreadable-gone"))];
  unfinished.forget();
  if (options.wait) await waitUntilDone(patient, uploadIds, { ...options, missing: notSent.length });
  const ledgers = await Promise.all(uploadIds.map((id) => readLedger(patient, id)));
  return {
    uploadId: uploadIds[0] as string,
    uploadIds,
    ledger: sumOf(ledgers.map(({ ledger }) => ledger)),
    files: ledgers.flatMap(({ files: lines }) => lines),
    skipped: scan.skipped,
    notSent,
    warnings: scan.warnings,
  };
}

/** What is routine gives way to an emergency, whichever process sends it. */
export function lineFor({
  priority,
  parallel,
  limit,
}: Pick<UploadOptions, "priority" | "parallel" | "limit">): Line {
  const mustYield = priority === "stat" ? () => false : new EmergencyWatch().running;
  return { window: new Window(parallel, mustYield), pacer: new Pacer({ limit, mustYield }) };
}

async function completeAll(client: ApiClient, uploadIds: readonly string[]): Promise<void> {
  for (const id of uploadIds) await client.post(`/v1/uploads/${id}/complete`, {});
}

const tellWaiting = (why: string): void => {
  process.stderr.write(`\r\u001b[K${why}: trying again for up to ${patienceMinutes} minutes.\n`);
};

function interrupted(error: CommandFailed, uploadIds: readonly string[]): CommandFailed {
  if (uploadIds.length === 0) return error;
  const lines = [
    error.message,
    "What arrived is not lost: run the same command again to go on with the rest. What arrived is listed by",
    ...uploadIds.map((id) => `  mic ledger ${id}`),
  ];
  return new CommandFailed(lines.join("\n"), error.exitCode, error);
}

function nothingToSend(folder: string, skipped: readonly SkippedFile[]): CommandFailed {
  if (skipped.length === 0) return new CommandFailed(`${folder} is empty.`);
  const lines = skipped.slice(0, 10).map(({ name, reason }) => `  ${name}: ${reason[language()]}`);
  const more = skipped.length > lines.length ? [`  and ${skipped.length - lines.length} more`] : [];
  return new CommandFailed([`There is no DICOM file in ${folder}. Left out:`, ...lines, ...more].join("\n"));
}
