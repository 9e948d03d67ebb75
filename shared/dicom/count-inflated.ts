/** Inflates a deflated data set (PS3.5 §A.5) only to learn that it is whole. */

import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";
import { mostInflated } from "./inflate.ts";
import { DicomRejected } from "./rejected.ts";

/**
 * Bytes that come out of the stream, none of which are kept.
 *
 * @param offset of the stream in the file
 * @param totalSize bytes of the file: bounds what may come out
 * @throws DicomRejected truncated, deflate-damaged, decompression-limit
 */
export async function countInflated(
  chunks: AsyncIterable<Uint8Array>,
  offset: number,
  totalSize: number,
): Promise<number> {
  let count = 0;
  const counter = new Writable({
    write({ length }: Uint8Array, _encoding, done) {
      count += length;
      done(count > mostInflated(totalSize) ? new DicomRejected("decompression-limit", offset) : null);
    },
  });
  try {
    await pipeline(Readable.from(chunks), createInflateRaw(), counter);
    return count;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") throw new DicomRejected("truncated", offset);
    if (code === "Z_DATA_ERROR") throw new DicomRejected("deflate-damaged", offset);
    throw error;
  }
}
