/** As much of `node:zlib` as the DICOM reader asks for, in a browser: see shared/dicom/inflate.ts. */
import { Inflate } from "fflate";

export const constants = { Z_SYNC_FLUSH: 2, Z_FINISH: 4 } as const;

interface Options {
  readonly maxOutputLength: number;
  readonly finishFlush: number;
}

const fault = (code: string): Error => Object.assign(new Error(code), { code });

/** RFC 1951. Throws with the codes Node's has: `ERR_BUFFER_TOO_LARGE`, `Z_BUF_ERROR` where it ends early, `Z_DATA_ERROR`. */
export function inflateRawSync(bytes: Uint8Array, { maxOutputLength, finishFlush }: Options): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const stream = new Inflate((chunk, final) => {
    length += chunk.length;
    if (length > maxOutputLength) throw fault("ERR_BUFFER_TOO_LARGE");
    chunks.push(chunk);
    ended ||= final;
  });
  // Small pieces, so that a bomb is noticed before it has gone off.
  const piece = 16 * 1024;
  try {
    for (let at = 0; at < bytes.length && !ended; at += piece)
      stream.push(
        bytes.subarray(at, at + piece),
        finishFlush === constants.Z_FINISH && at + piece >= bytes.length,
      );
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") throw cause;
    // fflate: 0 is UnexpectedEOF.
    throw Object.assign(fault((cause as { code?: number }).code === 0 ? "Z_BUF_ERROR" : "Z_DATA_ERROR"), {
      cause,
    });
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
