/** One request's worth of a file, sent until the storage has it: tried again as long as there is hope, and no longer. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedRequest } from "../../shared/ports.ts";
import { type Content, ContentChanged, ContentUnreadable } from "../content/content.ts";
import { CommandFailed } from "../failures.ts";
import { putBytes, type Stall } from "../line/exchange.ts";
import type { Pacer } from "../line/pacer.ts";
import { codeOf, type Verdict, verdictOf } from "../line/storage-answers.ts";
import type { Window } from "../line/window.ts";
import { isOutOfPatience, patienceMinutes, pauseAfter } from "../patience.ts";

/** What all requests of a process to the storage share. */
export interface Line {
  readonly window: Window;
  readonly pacer: Pacer;
  readonly stall?: Stall;
  /** Hears when a request fails because of the line or the storage, and when one succeeds. */
  readonly notice?: (there: boolean, why?: string) => void;
  /** Once aborted, what is under way may succeed, but nothing is tried again. */
  readonly signal?: AbortSignal;
}

export interface Piece {
  /** As the ledger shows the file. */
  readonly name: string;
  readonly content: Content;
  readonly start: number;
  readonly end: number;
  /** Hex, of exactly these bytes. */
  readonly sha256: string;
  /** A URL for it, fresh where `anew`; undefined when the server has the file already. */
  readonly sign: (anew: boolean) => Promise<SignedRequest | undefined>;
  /** Bytes handed to the line; negative when they were lost. */
  readonly onBytes: (bytes: number) => void;
}

/** A URL that is refused this often will not be taken. */
const refusals = 6;

class NotStored extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, message: string) {
    super(message);
    this.verdict = verdict;
  }
}
/** The multipart upload this part belongs to is gone: parts sent before are to be sent again. */
export class PartsGone extends Error {}

/** The storage's own no to one file. */
export class StorageRefused extends CommandFailed {}

/** Resolves when the storage holds the bytes. Throws StorageRefused, CommandFailed, ContentChanged, ContentUnreadable or PartsGone. */
export async function sendPiece(line: Line, piece: Piece): Promise<void> {
  const failures = new Failures(piece.name);
  for (;;) {
    try {
      await sendOnce(line, piece, failures.needsUrl);
      return line.notice?.(true);
    } catch (cause) {
      const pause = failures.pauseAfter(cause);
      line.notice?.(false, messageOf(cause));
      await sleep(pause, undefined, { signal: line.signal }).catch((stopped: unknown) => {
        throw new CommandFailed(`${piece.name} was not sent before the end.`, 1, stopped);
      });
    }
  }
}

/** What went wrong with one piece so far, and whether there is hope. */
class Failures {
  readonly #name: string;
  #count = 0;
  #refused = 0;
  #first: number | undefined;
  /** The announced URL is used up. */
  needsUrl = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Milliseconds. Throws when it is over. */
  pauseAfter(cause: unknown): number {
    if (isFinal(cause)) throw cause;
    const verdict = cause instanceof NotStored ? cause.verdict : "broken";
    if (verdict === "parts-gone") throw new PartsGone("The parts are gone.", { cause });
    if (verdict === "refused" && ++this.#refused === refusals)
      throw new StorageRefused(`${this.#name} was refused by the storage: ${messageOf(cause)}.`, 1, cause);
    this.#first ??= performance.now();
    if (isOutOfPatience(this.#first))
      throw new CommandFailed(`${this.#name} could not be sent in ${patienceMinutes} minutes.`, 1, cause);
    this.needsUrl ||= verdict === "expired" || verdict === "refused";
    // An expired URL says nothing against the line.
    return ++this.#count === 1 && verdict === "expired" ? 0 : pauseAfter(this.#count);
  }
}

const isFinal = (cause: unknown): boolean =>
  cause instanceof CommandFailed || cause instanceof ContentChanged || cause instanceof ContentUnreadable;
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function sendOnce(line: Line, piece: Piece, anew: boolean): Promise<void> {
  const { content, start, end, sign, onBytes } = piece;
  let handed = 0;
  let over = false;
  // A body whose request failed is still read from for a moment.
  const count = (bytes: number): void => {
    if (over) return;
    handed += bytes;
    onBytes(bytes);
  };
  try {
    const signed = await sign(anew);
    if (signed !== undefined) {
      await content.requireUnchanged();
      const failures: NotStored[] = [];
      await line.window.run(async () => {
        const { moved, failure } = await putOnce(line, piece, signed, count);
        if (failure) failures.push(failure);
        return moved;
      });
      for (const failure of failures) throw failure;
    }
    over = true;
    onBytes(end - start - handed);
  } catch (error) {
    over = true;
    onBytes(-handed);
    throw error;
  }
}

interface Outcome {
  /** Bytes that arrived. */
  readonly moved: number;
  /** What says nothing against the line: a URL that has expired, say. */
  readonly failure?: NotStored;
}
/** What a busy or broken line answers: fewer requests at once may mend it. */
const ofTheLine: ReadonlySet<Verdict> = new Set(["busy", "broken"]);

/** Throws what the line is to blame for. */
async function putOnce(
  { pacer, stall }: Line,
  piece: Piece,
  signed: SignedRequest,
  count: (bytes: number) => void,
): Promise<Outcome> {
  const answer = await putBytes(signed, pacer.pace(verified(piece), count), stall);
  const verdict = verdictOf(answer);
  if (verdict === "stored") return { moved: piece.end - piece.start };
  const failure = new NotStored(verdict, `it answered ${`${answer.status} ${codeOf(answer)}`.trim()}`);
  if (ofTheLine.has(verdict)) throw failure;
  return { moved: 0, failure };
}

/** The piece's bytes, told apart from those of a file that was written to meanwhile. */
async function* verified({ content, start, end, sha256 }: Piece): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  try {
    for await (const bytes of content.read(start, end)) {
      hash.update(bytes);
      yield bytes;
    }
  } catch (cause) {
    if (cause instanceof ContentChanged) throw cause;
    throw new ContentUnreadable("The file cannot be read any more.", { cause });
  }
  if (hash.digest("hex") !== sha256) throw new ContentChanged("The file was written to after it was read.");
}
