/** A file in parts: those that the server does not have, side by side, and then assembled. */
import type { ArrivedReply, FileToSend, PartsReply } from "../../shared/contract/schemas/upload.ts";
import { Refused } from "../failures.ts";
import { partDigests } from "./digest.ts";
import { forEachOf } from "./for-each-of.ts";
import type { FoundFile } from "./scan-folder.ts";
import type { Sending } from "./send-file.ts";
import { PartsGone, StorageRefused, sendPiece } from "./send-piece.ts";

type Multipart = NonNullable<FileToSend["multipart"]>;

/** Parts of one file under way at once, however wide the line: signed when they are about to be sent. */
const partsAhead = 8;
/** How often all may be lost at the server before it is believed that they always will be. */
const rounds = 3;

export async function sendParts(
  sending: Sending,
  file: FoundFile,
  fileId: string,
  multipart: Multipart,
): Promise<void> {
  const digests = await partDigests(file.content, multipart.partSize, file.sha256);
  const inParts = file.content.inParts?.();
  try {
    await sendInParts(sending, { ...file, content: inParts ?? file.content }, { fileId, digests, multipart });
  } finally {
    await inParts?.letGo();
  }
}

interface ToSend {
  readonly fileId: string;
  readonly digests: readonly string[];
  readonly multipart: Multipart;
}

async function sendInParts(
  sending: Sending,
  file: FoundFile,
  { fileId, digests, multipart }: ToSend,
): Promise<void> {
  const base = `/v1/uploads/${sending.uploadId}/files/${fileId}`;
  for (let round = 1; ; round++) {
    let sent = 0;
    const onBytes = (bytes: number): void => {
      sent += bytes;
      sending.onBytes(bytes);
    };
    try {
      await sendMissing({ ...sending, onBytes }, file, { base, digests, ...multipart });
      await file.content.requireUnchanged();
      return await assemble(sending, base);
    } catch (error) {
      if (!(error instanceof PartsGone)) throw error;
      if (round === rounds)
        throw new StorageRefused(`The storage lost the parts of ${file.name} ${rounds} times.`, 1, error);
      sending.onBytes(-sent);
    }
  }
}

interface Parts extends Multipart {
  readonly base: string;
  /** SHA-256 of each, from the first. */
  readonly digests: readonly string[];
}

async function sendMissing(
  sending: Sending,
  file: FoundFile,
  { base, digests, partSize, parts }: Parts,
): Promise<void> {
  const { arrived } = await sending.client.get<ArrivedReply>(`${base}/parts`);
  const there = new Map(arrived.map(({ number, ...part }) => [number, part]));
  await forEachOf(parts, partsAhead, async (index) => {
    const number = index + 1;
    const start = index * partSize;
    const end = Math.min(start + partSize, file.content.size);
    const sha256 = digests[index] as string;
    const arrivedPart = there.get(number);
    // Without a checksum its size has to do: S3 checked it against the signed one when it came.
    if (arrivedPart?.size === end - start && (arrivedPart.sha256 ?? sha256) === sha256)
      return sending.onBytes(end - start);
    await sendPiece(sending.line, {
      ...{ name: file.name, content: file.content, start, end, sha256, onBytes: sending.onBytes },
      sign: () => signPart(sending, base, number, sha256),
    });
  });
}

/** undefined when the whole file is there meanwhile. */
async function signPart({ client }: Sending, base: string, number: number, sha256: string) {
  const asked = { parts: [{ number, sha256 }] };
  const reply = await client.post<PartsReply>(`${base}/parts`, asked).catch((error: unknown) => {
    if (error instanceof Refused && error.status === 409) return undefined;
    throw error;
  });
  return reply?.parts[0]?.put;
}

/** 409: parts are missing that were there, because they expired meanwhile. */
async function assemble({ client }: Sending, base: string): Promise<void> {
  await client.post(`${base}/assemble`, {}).catch((cause: unknown) => {
    if (cause instanceof Refused && cause.status === 409)
      throw new PartsGone("Parts that had arrived are gone.", { cause });
    throw cause;
  });
}
