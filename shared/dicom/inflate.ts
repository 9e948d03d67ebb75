/** Deflated data sets (PS3.5 §A.5): a raw RFC 1951 stream after the file meta information. */
import { constants, inflateRawSync } from "node:zlib";
import { DicomRejected } from "./rejected.ts";

const mebibyte = 1024 * 1024;
/** Real data sets deflate 2 to 20 times; a blank image more, but is small. */
const ratioLimit = 200;
const alwaysAllowed = 16 * mebibyte;
const neverAllowed = 256 * mebibyte;

/**
 * @param compressed the stream, or a prefix of it
 * @param complete `compressed` is all there is: the stream must end
 * @param totalSize bytes of the whole file: bounds what may come out
 * @throws DicomRejected
 */
export function inflateDataset(
  compressed: Uint8Array,
  offset: number,
  complete: boolean,
  totalSize: number,
): Uint8Array {
  try {
    return inflateRawSync(compressed, {
      maxOutputLength: Math.min(neverAllowed, Math.max(alwaysAllowed, ratioLimit * totalSize)),
      finishFlush: complete ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new DicomRejected("decompression-limit", offset);
    throw new DicomRejected(code === "Z_BUF_ERROR" ? "truncated" : "deflate-damaged", offset);
  }
}
