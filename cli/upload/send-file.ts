/** Sends one announced file: whole, or in parts that are signed as they are needed, whichever a cut of this line costs less. */
import type { FilesReply, FileToSend } from "../../shared/contract/schemas/upload.ts";
import type { ApiClient } from "../client.ts";
import type { FoundFile } from "./scan-folder.ts";
import { sendParts } from "./send-parts.ts";
import { type Line, sendPiece } from "./send-piece.ts";

export interface Sending {
  readonly client: ApiClient;
  readonly uploadId: string;
  readonly line: Line;
  /** Bytes on their way; negative when they were lost. In the end as many as the file has. */
  readonly onBytes: (bytes: number) => void;
}

/** What a cut may cost at most where a file goes whole. */
const secondsAtRisk = 10;

/**
 * Resolves when the storage holds the bytes. `resumed`: parts of it may have arrived before. Throws CommandFailed when it is
 * refused or the line is away too long, ContentChanged when the file is not what was announced.
 */
export async function sendFile(
  sending: Sending,
  file: FoundFile,
  announced: FileToSend,
  resumed = false,
): Promise<void> {
  if (announced.state !== "awaiting") return sending.onBytes(file.content.size);
  const { multipart } = announced;
  if (multipart && (resumed || announced.put === undefined || !isQuick(sending.line, file)))
    return sendParts(sending, file, announced.fileId, multipart);
  await sendPiece(sending.line, {
    name: file.name,
    content: file.content,
    start: 0,
    end: file.content.size,
    sha256: file.sha256,
    sign: (anew) => (anew ? signAgain(sending, announced.fileId) : Promise.resolve(announced.put)),
    onBytes: sending.onBytes,
  });
}

/** As far as is known: a line that was not measured yet is taken for a bad one. */
function isQuick({ window: { bytesPerSecond, size } }: Line, { content }: FoundFile): boolean {
  return bytesPerSecond !== undefined && content.size / (bytesPerSecond / size) <= secondsAtRisk;
}

/** undefined when the server meanwhile has the file. */
async function signAgain({ client, uploadId }: Sending, fileId: string) {
  const reply = await client.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { fileIds: [fileId] });
  return reply.files[0]?.put;
}
