/** Deflated data sets (PS3.5 §A.5): a raw RFC 1951 stream after the file meta information. */
import { constants, inflateRawSync } from "node:zlib";
import { DicomRejected } from "./rejected.ts";

const mebibyte = 1024 * 1024;
/** Real data sets deflate 2 to 20 times; a blank image more, but is small. */
const ratioLimit = 200;
const alwaysAllowed = 16 * mebibyte;
/** More of a data set is never held in memory. */
const neverHeld = 256 * mebibyte;

/** Bytes a deflated data set may become, in a file of this size. */
export const mostInflated = (totalSize: number): number => Math.max(alwaysAllowed, ratioLimit * totalSize);

/** The beginning of a data set: a `part` of what the prefix gives, `all` of it, or the `whole` data set. */
export interface Inflated {
  readonly bytes: Uint8Array;
  readonly reach: "part" | "all" | "whole";
}

/** RFC 1951: a match is at most 258 bytes, of 2 bits at least. */
const mostRatio = 1032;
/** As near to the limit as is looked, in compressed bytes. */
const nearEnough = 32 * 1024;

/**
 * As `inflateDataset`, for the header in front of the pixels: where more than `limit` bytes come out, parts of them, each
 * longer than the one before.
 *
 * @throws DicomRejected
 */
export function* inflateHeader(
  compressed: Uint8Array,
  offset: number,
  complete: boolean,
  { totalSize, limit }: { readonly totalSize: number; readonly limit: number },
): Generator<Inflated> {
  try {
    const bytes = inflateDataset(compressed, offset, complete, totalSize, limit);
    return yield { bytes, reach: complete ? "whole" : "all" };
  } catch (error) {
    const bounded = error instanceof DicomRejected && error.code === "decompression-limit";
    if (!bounded || mostInflated(totalSize) <= limit) throw error;
  }
  let [works, fails] = [0, compressed.length];
  for (let next = Math.floor(limit / mostRatio); fails - works > nearEnough; ) {
    const bytes = inflatePrefix(compressed.subarray(0, next), limit);
    if (bytes) yield { bytes, reach: "part" };
    [works, fails] = bytes ? [next, fails] : [works, next];
    next = Math.floor((works + fails) / 2);
  }
}

/**
 * @param compressed the stream, or a prefix of it
 * @param complete `compressed` is all there is: the stream must end
 * @param totalSize bytes of the whole file: bounds what may come out, as `mostHeld` does
 * @throws DicomRejected
 */
export function inflateDataset(
  compressed: Uint8Array,
  offset: number,
  complete: boolean,
  totalSize: number,
  mostHeld = neverHeld,
): Uint8Array {
  try {
    return inflateRawSync(compressed, {
      maxOutputLength: Math.min(mostHeld, mostInflated(totalSize)),
      finishFlush: complete ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new DicomRejected("decompression-limit", offset);
    throw new DicomRejected(code === "Z_BUF_ERROR" ? "truncated" : "deflate-damaged", offset);
  }
}

/**
 * As much of a damaged, cut or overlong stream as comes out of it whole, at most `limit` bytes. Found by halving: the
 * platform gives nothing of a stream it stumbles over.
 */
export function inflateToFault(compressed: Uint8Array, limit: number): Uint8Array {
  let inflated: Uint8Array = new Uint8Array(0);
  let [works, fails] = [0, compressed.length + 1];
  while (fails - works > 1) {
    const length = Math.floor((works + fails) / 2);
    const found = inflatePrefix(compressed.subarray(0, length), limit);
    if (found) [inflated, works] = [found, length];
    else fails = length;
  }
  return inflated;
}

function inflatePrefix(compressed: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    return inflateRawSync(compressed, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}
