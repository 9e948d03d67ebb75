/** Tells the server what will come, going on with uploads that were begun before; as many uploads as the files need. */
import { randomUUID } from "node:crypto";
import type {
  CreateUploadRequest,
  FilesReply,
  FileToSend,
  LedgerFile,
  ManifestFile,
} from "../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import { expectedStudies, identityOf, inParts, inRequests } from "../../shared/upload/plan-announcement.ts";
import type { ApiClient } from "../client.ts";
import { Refused } from "../failures.ts";
import { readLedger } from "./ledger.ts";
import type { FoundFile } from "./scan-folder.ts";
import type { Unfinished } from "./unfinished.ts";

/** A file and the upload it belongs to. */
export interface Announced {
  readonly file: FoundFile;
  readonly uploadId: string;
  readonly toSend: FileToSend;
  /** Announced by an earlier run: parts of it may have arrived. */
  readonly resumed?: true;
}

export interface Announcing extends Pick<CreateUploadRequest, "priority" | "encounterClass"> {
  readonly client: ApiClient;
  readonly unfinished: Unfinished;
}

export interface AllAnnounced {
  readonly announced: readonly Announced[];
  /** Of all uploads that hold them, those begun before first. */
  readonly uploadIds: readonly string[];
  /** What an earlier run announced, and that is not there any more as it was: it will never arrive. */
  readonly gone: readonly LedgerFile[];
}

/** Every file of the folder, announced. */
export async function announceAll(
  announcing: Announcing,
  files: readonly FoundFile[],
): Promise<AllAnnounced> {
  const announced: Announced[] = [];
  const uploadIds: string[] = [];
  const gone: LedgerFile[] = [];
  for (const uploadId of announcing.unfinished.uploadIds) {
    const known = await resume(announcing.client, uploadId, files);
    if (known === undefined) continue;
    uploadIds.push(uploadId);
    for (const one of known.announced) announced.push(one);
    for (const one of known.gone) gone.push(one);
  }
  const there = new Set(announced.map(({ file }) => file));
  const rest = files.filter((file) => !there.has(file));
  for (const part of inParts(rest, uploadLimits.filesPerUpload)) {
    const begun = (uploadId: string): void => {
      uploadIds.push(uploadId);
      announcing.unfinished.remember(uploadIds);
    };
    announced.push(...(await announce(announcing, part, files, begun)));
  }
  return { announced, uploadIds, gone };
}

/** The files an earlier run announced, to go on with; undefined when this upload is not ours or not there any more. */
export async function resume(
  client: ApiClient,
  uploadId: string,
  files: readonly FoundFile[],
): Promise<Pick<AllAnnounced, "announced" | "gone"> | undefined> {
  const begun = await readBegun(client, uploadId);
  if (begun === undefined) return undefined;
  const announced = await goOn(client, begun, files);
  const here = new Set(files.map((file) => begun.byFile.get(identityOf(file))));
  return { announced, gone: begun.lines.filter((line) => line.state === "awaiting" && !here.has(line)) };
}

/** An upload as its ledger was when it was read. */
export interface Begun {
  readonly uploadId: string;
  readonly completed: boolean;
  readonly lines: readonly LedgerFile[];
  /** By what tells a file again. */
  readonly byFile: ReadonlyMap<string, LedgerFile>;
}

/** Reads the whole ledger; undefined when this upload is not ours or not there any more. */
export async function readBegun(client: ApiClient, uploadId: string): Promise<Begun | undefined> {
  const found = await readLedger(client, uploadId).catch((error: unknown) => {
    if (error instanceof Refused && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const { ledger, files: lines } = found;
  const byFile = new Map(lines.map((line) => [identityOf(line), line]));
  return { uploadId, completed: ledger.completedAt !== undefined, lines, byFile };
}

/** Of these files those that were announced in it, as the server has them now. */
export async function goOn(
  client: ApiClient,
  { uploadId, completed, byFile }: Begun,
  files: readonly FoundFile[],
): Promise<readonly Announced[]> {
  const known = files.flatMap((file): { file: FoundFile; line: LedgerFile }[] => {
    const line = byFile.get(identityOf(file));
    return line === undefined ? [] : [{ file, line }];
  });
  const awaiting = known.filter(({ line }) => line.state === "awaiting");
  // What never arrived at a completed upload goes into another one.
  const signed = completed ? new Map() : await signAgain(client, uploadId, awaiting);
  return known.flatMap(({ file, line: { fileId, name, state } }): Announced[] => {
    const toSend = state === "awaiting" ? signed.get(fileId) : { fileId, name, state };
    return toSend === undefined ? [] : [{ file, uploadId, toSend, resumed: true }];
  });
}

async function signAgain(
  client: ApiClient,
  uploadId: string,
  files: readonly { readonly line: LedgerFile }[],
): Promise<Map<string, FileToSend>> {
  const signed = new Map<string, FileToSend>();
  for (const part of inParts(files, uploadLimits.filesPerRequest)) {
    const fileIds = part.map(({ line }) => line.fileId);
    const reply = await client.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { fileIds });
    for (const file of reply.files) signed.set(file.fileId, file);
  }
  return signed;
}

async function announce(
  { client, priority, encounterClass }: Announcing,
  files: readonly FoundFile[],
  folder: readonly FoundFile[],
  begun: (uploadId: string) => void,
): Promise<readonly Announced[]> {
  const [first = [], ...others] = inRequests(files.map(manifestOf));
  const request = { files: first, priority, encounterClass, expected: expectedStudies(files, folder) };
  const once = () => ({ "idempotency-key": randomUUID() });
  const { uploadId, ...reply } = await client.post<FilesReply>("/v1/uploads", request, once());
  begun(uploadId);
  const toSend = [...reply.files];
  for (const batch of others) {
    const path = `/v1/uploads/${uploadId}/files`;
    toSend.push(...(await client.post<FilesReply>(path, { files: batch }, once())).files);
  }
  return files.map((file, index) => ({ file, uploadId, toSend: toSend[index] as FileToSend }));
}

export const manifestOf = ({ name, content: { size }, sha256, orderId }: FoundFile): ManifestFile => ({
  name,
  size,
  sha256,
  ...(orderId !== undefined && { orderId }),
});
