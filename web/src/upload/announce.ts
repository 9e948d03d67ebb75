/** Tells the server what will come, going on with an upload that was begun before; as many uploads as the files need. */
import type {
  CreateUploadRequest,
  FilesReply,
  FileToSend,
  Ledger,
  LedgerFile,
  ManifestFile,
} from "../../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import {
  expectedStudies,
  identityOf,
  inParts,
  inRequests,
  type ReadFile,
} from "../../../shared/upload/plan-announcement.ts";
import { type Api, Refused } from "../app/api.ts";

export type Terms = Pick<CreateUploadRequest, "priority" | "encounterClass">;
type Caller = Pick<Api, "get" | "post">;

/** A file and the upload it belongs to. */
export interface Announced<F> {
  readonly file: F;
  readonly uploadId: string;
  readonly toSend: FileToSend;
}

/** Whole ledger of an upload: its head and every file. */
export async function readLedger(
  api: Pick<Caller, "get">,
  uploadId: string,
  signal?: AbortSignal,
): Promise<{ readonly ledger: Ledger; readonly files: readonly LedgerFile[] }> {
  const ledger = await api.get<Ledger>(`/v1/uploads/${uploadId}`, signal);
  const files = [...ledger.files];
  for (let { next } = ledger; next !== undefined; ) {
    const page = await api.get<Ledger>(`/v1/uploads/${uploadId}?cursor=${encodeURIComponent(next)}`, signal);
    files.push(...page.files);
    next = page.next;
  }
  return { ledger, files };
}

/**
 * The files an unfinished upload announced that are among these; undefined where none is, or where it is not this hospital's
 * or on other terms.
 */
export async function resumeUpload<F extends ReadFile>(
  api: Caller,
  uploadId: string,
  files: readonly F[],
  terms: Terms,
): Promise<readonly Announced<F>[] | undefined> {
  const found = await readLedger(api, uploadId).catch((error: unknown) => {
    if (error instanceof Refused && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const { priority, encounterClass, completedAt } = found.ledger;
  if (priority !== terms.priority || encounterClass !== terms.encounterClass) return undefined;
  const rows = new Map(found.files.map((row) => [identityOf(row), row]));
  const known = files.flatMap((file) => {
    const row = rows.get(identityOf(file));
    return row === undefined ? [] : [{ file, row }];
  });
  if (known.length === 0) return undefined;
  // What never arrived at a completed upload goes into another one.
  const awaiting = known.filter(({ row }) => row.state === "awaiting");
  const signed =
    completedAt === undefined
      ? await sign(
          api,
          uploadId,
          awaiting.map(({ row }) => row),
        )
      : new Map();
  return known.flatMap(({ file, row: { fileId, name, state } }) => {
    const toSend: FileToSend | undefined =
      state === "awaiting" ? signed.get(fileId) : { fileId, name, state };
    return toSend === undefined ? [] : [{ file, uploadId, toSend }];
  });
}

async function sign(
  api: Caller,
  uploadId: string,
  rows: readonly Pick<LedgerFile, "fileId">[],
): Promise<Map<string, FileToSend>> {
  const signed = new Map<string, FileToSend>();
  for (const part of inParts(rows, uploadLimits.filesPerRequest)) {
    const fileIds = part.map(({ fileId }) => fileId);
    const reply = await api.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { fileIds });
    for (const file of reply.files) signed.set(file.fileId, file);
  }
  return signed;
}

/** `folder`: all files that were chosen, whichever upload holds them. `begun` hears of each upload as soon as there is one. */
export async function announceUploads<F extends ReadFile>(
  api: Caller,
  files: readonly F[],
  folder: readonly F[],
  terms: Terms,
  begun: (uploadId: string) => Promise<void>,
): Promise<readonly Announced<F>[]> {
  const announced: Announced<F>[] = [];
  for (const part of inParts(files, uploadLimits.filesPerUpload))
    announced.push(...(await announceOne(api, part, folder, terms, begun)));
  return announced;
}

const manifestOf = ({ name, size, sha256 }: ReadFile): ManifestFile => ({ name, size, sha256 });

async function announceOne<F extends ReadFile>(
  api: Caller,
  files: readonly F[],
  folder: readonly F[],
  terms: Terms,
  begun: (uploadId: string) => Promise<void>,
): Promise<readonly Announced<F>[]> {
  const [first = [], ...others] = inRequests(files.map(manifestOf));
  const request = { files: first, ...terms, expected: expectedStudies(files, folder) };
  const { uploadId, ...reply } = await api.post<FilesReply>("/v1/uploads", request);
  await begun(uploadId);
  const toSend = [...reply.files];
  for (const batch of others)
    toSend.push(...(await api.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { files: batch })).files);
  return files.map((file, index) => ({ file, uploadId, toSend: toSend[index] as FileToSend }));
}
