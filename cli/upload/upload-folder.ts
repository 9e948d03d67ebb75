/** A folder into the cloud: scan, announce, send in parallel, complete, and wait until every file has its final state. */
import type { CreateUploadRequest, LedgerFile } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed } from "../failures.ts";
import { type Announced, announceAll } from "./announce.ts";
import { readLedger, type Sum, sumOf, waitUntilDone } from "./ledger.ts";
import { type Progress, showProgress, showReading } from "./progress.ts";
import { type SkippedFile, scanFolder } from "./scan-folder.ts";
import { sendFile } from "./send-file.ts";
import { Unfinished } from "./unfinished.ts";

export interface UploadOptions {
  readonly priority: CreateUploadRequest["priority"];
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  readonly parallel: number;
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
  const { files, skipped } = await scanFolder(folder, reading.count).finally(reading.finish);
  if (files.length === 0) throw nothingToSend(folder, skipped);
  const { priority, encounterClass } = options;
  const unfinished = new Unfinished({ api: client.base, folder, priority, encounterClass });
  const announcing = { client, unfinished, priority, encounterClass };
  const { announced, uploadIds } = await announceAll(announcing, files);
  const patient = client.patient();
  await sendAll(patient, announced, options)
    .then(() => completeAll(patient, uploadIds))
    .catch((error: unknown) => {
      throw error instanceof CommandFailed ? interrupted(error, uploadIds) : error;
    });
  unfinished.forget();
  if (options.wait) await waitUntilDone(patient, uploadIds, options);
  const ledgers = await Promise.all(uploadIds.map((id) => readLedger(patient, id)));
  return {
    uploadId: uploadIds[0] as string,
    uploadIds,
    ledger: sumOf(ledgers.map(({ ledger }) => ledger)),
    files: ledgers.flatMap(({ files: lines }) => lines),
    skipped,
  };
}

async function completeAll(client: ApiClient, uploadIds: readonly string[]): Promise<void> {
  for (const id of uploadIds) await client.post(`/v1/uploads/${id}/complete`, {});
}

function interrupted(error: CommandFailed, uploadIds: readonly string[]): CommandFailed {
  const lines = [
    error.message,
    "What arrived is not lost: run the same command again to go on with the rest. What arrived is listed by",
    ...uploadIds.map((id) => `  mic ledger ${id}`),
  ];
  return new CommandFailed(lines.join("\n"), error.exitCode, error);
}

function nothingToSend(folder: string, skipped: readonly SkippedFile[]): CommandFailed {
  if (skipped.length === 0) return new CommandFailed(`${folder} is empty.`);
  const lines = skipped.slice(0, 10).map(({ name, reason }) => `  ${name}: ${reason.en}`);
  const more = skipped.length > lines.length ? [`  and ${skipped.length - lines.length} more`] : [];
  return new CommandFailed([`There is no DICOM file in ${folder}. Left out:`, ...lines, ...more].join("\n"));
}

async function sendAll(
  client: ApiClient,
  announced: readonly Announced[],
  { parallel, silent }: UploadOptions,
): Promise<void> {
  const progress: Progress = showProgress(
    "Sending",
    announced.reduce((sum, { file }) => sum + file.size, 0),
    announced.length,
    silent,
  );
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < announced.length && !failed) {
      const { file, uploadId, toSend } = announced[next++] as Announced;
      await sendFile({ client, uploadId, onBytes: progress.add }, file, toSend).catch((error: unknown) => {
        failed = true;
        throw error;
      });
      progress.file();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, announced.length) }, worker));
  } finally {
    progress.finish();
  }
}
