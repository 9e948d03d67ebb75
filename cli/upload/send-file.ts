/** Sends one announced file: one PUT, or parts that are signed as they are needed. */
import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  ArrivedReply,
  FilesReply,
  FileToSend,
  PartsReply,
} from "../../shared/contract/schemas/upload.ts";
import type { SignedRequest } from "../../shared/ports.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed } from "../failures.ts";
import { isOutOfPatience, patienceMinutes, pauseAfter } from "../patience.ts";
import type { FoundFile } from "./scan-folder.ts";

export interface Sending {
  readonly client: ApiClient;
  readonly uploadId: string;
  readonly onBytes: (bytes: number) => void;
}

/** A line may come back; a URL that is refused this often will not be taken. */
const refusals = 6;
/** S3's answer to `If-None-Match: *` when the object is there: an earlier try got through. */
const alreadyThere = 412;

class UrlRefused extends Error {}

/** Resolves when S3 holds the bytes. Throws CommandFailed when the URLs are refused or the line is away for minutes. */
export async function sendFile(sending: Sending, file: FoundFile, announced: FileToSend): Promise<void> {
  if (announced.state !== "awaiting") return sending.onBytes(file.size);
  const blob = await openAsBlob(file.path);
  if (announced.multipart) return sendParts(sending, announced, blob);
  let put = announced.put;
  await retrying(file.name, async () => {
    put ??= await signAgain(sending, announced.fileId);
    if (put === undefined || (await putBytes(put, blob))) return;
    put = undefined;
    throw new UrlRefused("the signed URL was refused");
  });
  sending.onBytes(file.size);
}

/** undefined when the server meanwhile has the file. */
async function signAgain({ client, uploadId }: Sending, fileId: string): Promise<SignedRequest | undefined> {
  const reply = await client.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { fileIds: [fileId] });
  return reply.files[0]?.put;
}

async function sendParts(
  sending: Sending,
  { fileId, name, multipart }: FileToSend,
  blob: Blob,
): Promise<void> {
  const { client, uploadId } = sending;
  const { partSize, parts } = multipart as NonNullable<FileToSend["multipart"]>;
  const base = `/v1/uploads/${uploadId}/files/${fileId}`;
  const { arrived } = await client.get<ArrivedReply>(`${base}/parts`);
  const there = new Set(arrived.map(({ number }) => number));
  for (let number = 1; number <= parts; number++) {
    const part = blob.slice((number - 1) * partSize, number * partSize);
    if (!there.has(number)) await sendPart(client, base, name, number, part);
    sending.onBytes(part.size);
  }
  await client.post(`${base}/assemble`, {});
}

async function sendPart(
  client: ApiClient,
  base: string,
  name: string,
  number: number,
  part: Blob,
): Promise<void> {
  const sha256 = createHash("sha256")
    .update(Buffer.from(await part.arrayBuffer()))
    .digest("hex");
  await retrying(name, async () => {
    const { parts } = await client.post<PartsReply>(`${base}/parts`, { parts: [{ number, sha256 }] });
    const put = parts[0]?.put;
    if (put === undefined || !(await putBytes(put, part))) throw new UrlRefused("the signed URL was refused");
  });
}

/** false when the URL has expired or was refused; throws when the line broke or S3 is busy. */
async function putBytes({ url, headers }: SignedRequest, body: Blob): Promise<boolean> {
  const answer = await fetch(url, { method: "PUT", headers, body });
  await answer.arrayBuffer();
  if (answer.ok || answer.status === alreadyThere) return true;
  if (answer.status >= 500) throw new Error(`storage answered ${answer.status}`);
  return false;
}

async function retrying(name: string, action: () => Promise<void>): Promise<void> {
  let refused = 0;
  const began = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof CommandFailed) throw cause;
      if (cause instanceof UrlRefused) refused++;
      if (refused === refusals)
        throw new CommandFailed(`${name} was refused by the storage ${refusals} times.`, 1, cause);
      if (isOutOfPatience(began))
        throw new CommandFailed(`${name} could not be sent in ${patienceMinutes} minutes.`, 1, cause);
      await sleep(pauseAfter(attempt));
    }
  }
}
