/** A folder into the cloud: scan, announce, send in parallel, complete, and wait until every file has its final state. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  CreateUploadRequest,
  FilesReply,
  FileToSend,
  Ledger,
  LedgerFile,
} from "../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed } from "../failures.ts";
import { type Progress, showProgress, showReading } from "./progress.ts";
import { type FoundFile, type SkippedFile, scanFolder } from "./scan-folder.ts";
import { sendFile } from "./send-file.ts";

export interface UploadOptions {
  readonly priority: CreateUploadRequest["priority"];
  readonly encounterClass: CreateUploadRequest["encounterClass"];
  readonly parallel: number;
  readonly wait: boolean;
  readonly silent: boolean;
}
export interface UploadResult {
  readonly uploadId: string;
  readonly ledger: Ledger;
  readonly files: readonly LedgerFile[];
  readonly skipped: readonly SkippedFile[];
}

/** Throws CommandFailed when nothing in the folder is DICOM, or a file cannot be sent. */
export async function uploadFolder(
  client: ApiClient,
  folder: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const reading = showReading(options.silent);
  const { files, skipped } = await scanFolder(folder, reading.count).finally(reading.finish);
  if (files.length === 0) throw nothingToSend(folder, skipped);
  const { uploadId, announced } = await announce(client, files, options);
  await sendAll(client, uploadId, files, announced, options);
  await client.post(`/v1/uploads/${uploadId}/complete`, {});
  if (options.wait) await waitUntilDone(client, uploadId, options.silent);
  return { uploadId, ...(await readLedger(client, uploadId)), skipped };
}

function nothingToSend(folder: string, skipped: readonly SkippedFile[]): CommandFailed {
  if (skipped.length === 0) return new CommandFailed(`${folder} is empty.`);
  const lines = skipped.slice(0, 10).map(({ name, reason }) => `  ${name}: ${reason.en}`);
  const more = skipped.length > lines.length ? [`  and ${skipped.length - lines.length} more`] : [];
  return new CommandFailed([`There is no DICOM file in ${folder}. Left out:`, ...lines, ...more].join("\n"));
}

async function announce(client: ApiClient, files: readonly FoundFile[], options: UploadOptions) {
  const batches = Array.from({ length: Math.ceil(files.length / uploadLimits.filesPerRequest) }, (_, index) =>
    files
      .slice(index * uploadLimits.filesPerRequest, (index + 1) * uploadLimits.filesPerRequest)
      .map(({ name, size, sha256 }) => ({ name, size, sha256 })),
  );
  const { priority, encounterClass } = options;
  const request = { files: batches[0] ?? [], priority, encounterClass, expected: expectedStudies(files) };
  const first = await client.post<FilesReply>("/v1/uploads", request, { "idempotency-key": randomUUID() });
  const announced: FileToSend[] = [...first.files];
  for (const batch of batches.slice(1)) {
    const more = await client.post<FilesReply>(
      `/v1/uploads/${first.uploadId}/files`,
      { files: batch },
      { "idempotency-key": randomUUID() },
    );
    announced.push(...more.files);
  }
  return { uploadId: first.uploadId, announced };
}

/** What a reader compares the arrived instances with: "217 of 300". */
function expectedStudies(files: readonly FoundFile[]): CreateUploadRequest["expected"] {
  const counts = new Map<string, number>();
  for (const { studyUid } of files) if (studyUid) counts.set(studyUid, (counts.get(studyUid) ?? 0) + 1);
  return [...counts].slice(0, 50).map(([studyUid, instances]) => ({ studyUid, instances }));
}

async function sendAll(
  client: ApiClient,
  uploadId: string,
  files: readonly FoundFile[],
  announced: readonly FileToSend[],
  { parallel, silent }: UploadOptions,
): Promise<void> {
  const progress: Progress = showProgress(
    "Sending",
    files.reduce((sum, { size }) => sum + size, 0),
    files.length,
    silent,
  );
  const sending = { client, uploadId, onBytes: progress.add };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const index = next++;
      await sendFile(sending, files[index] as FoundFile, announced[index] as FileToSend);
      progress.file();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, files.length) }, worker));
  } finally {
    progress.finish();
  }
}

export async function readLedger(
  client: ApiClient,
  uploadId: string,
): Promise<{ ledger: Ledger; files: LedgerFile[] }> {
  const ledger = await client.get<Ledger>(`/v1/uploads/${uploadId}`);
  const files = [...ledger.files];
  let next = ledger.next;
  while (next !== undefined) {
    const page = await client.get<Ledger>(`/v1/uploads/${uploadId}?cursor=${encodeURIComponent(next)}`);
    files.push(...page.files);
    next = page.next;
  }
  return { ledger, files };
}

/** Milliseconds between two looks: soon while files become final, rarer while nothing moves. */
const pauses = { first: 700, longest: 5000 } as const;

/** Reads the totals only: the files of a large upload are many pages. */
async function waitUntilDone(client: ApiClient, uploadId: string, silent: boolean): Promise<void> {
  let told = "";
  let pause: number = pauses.first;
  for (;;) {
    const { totals, announced, done } = await client.get<Ledger>(`/v1/uploads/${uploadId}?limit=1`);
    const line = `Indexed ${totals.indexed} of ${announced}${othersOf(totals)}`;
    if (!silent && line !== told) process.stderr.write(`${line}\n`);
    pause = line === told ? Math.min(pauses.longest, pause * 1.5) : pauses.first;
    told = line;
    if (done) return;
    await sleep(pause);
  }
}

function othersOf({ duplicate, conflict, quarantined }: Ledger["totals"]): string {
  const counts = Object.entries({ duplicate, conflict, quarantined }).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `, ${count} ${state}`).join("");
}
