/** Sends one announced file, however often the line breaks: one PUT, or parts that are signed as they are needed. */
import type {
  ArrivedReply,
  FilesReply,
  FileToSend,
  PartsReply,
} from "../../../shared/contract/schemas/upload.ts";
import { type Api, pauseAfter, Refused } from "../app/api.ts";
import { type Line, Paused } from "./line.ts";
import type { Outcome, Put, Signed } from "./put-bytes.ts";
import { sha256Of } from "./sha256.ts";

export interface Sending {
  readonly api: Pick<Api, "get" | "post">;
  readonly put: Put;
  readonly line: Line;
  readonly uploadId: string;
  /** Bytes of this file the storage has, or is being given. */
  readonly onBytes: (sent: number) => void;
}

/** Why a file could not be sent though the line is there. */
export class NotSent extends Error {
  override readonly name = "NotSent";
  readonly why: "changed" | "refused";

  constructor(why: NotSent["why"]) {
    super(why);
    this.why = why;
  }
}

/** A URL refused this often will not be taken. */
const refusals = 6;
/** How often the storage may lose all parts. */
const rounds = 3;

/** Resolves when the storage holds the bytes. Waits as long as the line is away. Throws NotSent. */
export async function sendFile(sending: Sending, file: Blob, announced: FileToSend): Promise<void> {
  const { fileId, state, multipart } = announced;
  if (state !== "awaiting") return sending.onBytes(file.size);
  if (multipart) return sendParts(sending, file, fileId, multipart);
  let put: Signed | undefined = announced.put;
  await sendPiece(sending, file, sending.onBytes, async (anew) => {
    if (anew || put === undefined) put = await signAgain(sending, fileId);
    return put;
  });
}

/** undefined when the server meanwhile has the file. */
async function signAgain({ api, uploadId }: Sending, fileId: string): Promise<Signed | undefined> {
  const reply = await api.post<FilesReply>(`/v1/uploads/${uploadId}/files`, { fileIds: [fileId] });
  return reply.files[0]?.put;
}

async function sendParts(
  sending: Sending,
  file: Blob,
  fileId: string,
  multipart: NonNullable<FileToSend["multipart"]>,
): Promise<void> {
  const base = `/v1/uploads/${sending.uploadId}/files/${fileId}`;
  for (let round = 1; ; round++) {
    await sendMissing(sending, file, base, multipart);
    try {
      await sending.api.post(`${base}/assemble`);
      return;
    } catch (error) {
      // 409: parts are missing that were there, because they expired meanwhile.
      if (!(error instanceof Refused) || error.status !== 409) throw error;
      // One file must not keep the others of a disc from going up.
      if (round === rounds) throw new NotSent("refused");
    }
  }
}

async function sendMissing(
  sending: Sending,
  file: Blob,
  base: string,
  { partSize, parts }: NonNullable<FileToSend["multipart"]>,
): Promise<void> {
  const { arrived } = await sending.api.get<ArrivedReply>(`${base}/parts`);
  const there = new Map(arrived.map(({ number, size, sha256 }) => [number, { size, sha256 }]));
  let before = 0;
  for (let number = 1; number <= parts; number++) {
    const part = file.slice((number - 1) * partSize, number * partSize);
    const sha256 = await hashOf(part);
    const have = there.get(number);
    // Without a checksum its size has to do: S3 checked it against the signed one when it came.
    if (have?.size !== part.size || (have.sha256 ?? sha256) !== sha256) {
      const sent = before;
      await sendPiece(
        sending,
        part,
        (bytes) => sending.onBytes(sent + bytes),
        () => signPart(sending, base, number, sha256),
      );
    }
    before += part.size;
    sending.onBytes(before);
  }
}

async function hashOf(part: Blob): Promise<string> {
  try {
    return await sha256Of(part);
  } catch {
    throw new NotSent("changed");
  }
}

/** undefined when the whole file is there meanwhile. */
async function signPart({ api }: Sending, base: string, number: number, sha256: string) {
  try {
    const { parts } = await api.post<PartsReply>(`${base}/parts`, { parts: [{ number, sha256 }] });
    return parts[0]?.put;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return undefined;
    throw error;
  }
}

type Sign = (anew: boolean) => Promise<Signed | undefined>;

/** One request's worth of bytes, until the storage has it. `sign`: a URL for it, undefined when it is there already. */
async function sendPiece(
  { put, line }: Sending,
  body: Blob,
  onBytes: (sent: number) => void,
  sign: Sign,
): Promise<void> {
  let [refused, corrupted] = [0, 0];
  for (let attempt = 1; ; attempt++) {
    await line.open();
    const signed = await sign(attempt > 1);
    const outcome = signed === undefined ? "stored" : await tryPut(put, signed, body, onBytes, line);
    if (outcome === "stored") return onBytes(body.size);
    onBytes(0);
    // The line may have changed the bytes, and not the file.
    const other = outcome === "changed" && ++corrupted === refusals;
    if (other || !(await isReadable(body))) throw new NotSent("changed");
    if (outcome === "refused" && ++refused === refusals) throw new NotSent("refused");
    if (outcome !== "paused") await line.sleep(pauseAfter(attempt));
  }
}

async function tryPut(
  put: Put,
  signed: Signed,
  body: Blob,
  onBytes: (sent: number) => void,
  { signal }: Line,
): Promise<Outcome | "paused"> {
  try {
    return await put(signed, body, onBytes, signal);
  } catch (error) {
    if (error instanceof Paused) return "paused";
    throw error;
  }
}

/** A browser refuses a file that was changed or taken away since it was chosen, and calls that a broken line. */
const isReadable = (body: Blob): Promise<boolean> =>
  body
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
