/** The beginning of a file, read on where more of it is needed. */
import type { RangeReader } from "./fragments.ts";

const readAtOnce = 8 * 1024 * 1024;

/**
 * `bytes` with what follows them, `length` in all. Read in steps into one piece of memory: joining two large ones would take
 * twice theirs.
 */
export async function growPrefix(read: RangeReader, bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafe(length);
  whole.set(bytes);
  for (let at = bytes.length; at < length; ) {
    const part = await read(at, Math.min(readAtOnce, length - at));
    if (part.length === 0) throw new Error("The object is shorter than it says");
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Headers above this, inflated where they are deflated, become many times their bytes of JSON: whoever works on several files
 * at once holds one such at a time. Nearly every one is below.
 */
export const largeHeader = 1024 * 1024;

/** What of a beginning is kept beside the JSON of its header: of a large one nothing, it is read again where it must be. */
export const kept = (prefix: Uint8Array): Uint8Array =>
  prefix.length > largeHeader ? new Uint8Array(0) : prefix;
