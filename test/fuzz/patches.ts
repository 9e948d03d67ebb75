/** Pieces of files, and files with pieces changed. */
import { below, pick, type Random } from "../support/random.ts";
import type { Place } from "./elements.ts";

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export function written(bytes: Uint8Array, offset: number, patch: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(patch.subarray(0, Math.max(0, copy.length - offset)), Math.min(offset, copy.length));
  return copy;
}

export const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export function tagBytes(tag: string): Uint8Array {
  const bytes = Buffer.from(tag, "hex");
  return Uint8Array.from([bytes[1] ?? 0, bytes[0] ?? 0, bytes[3] ?? 0, bytes[2] ?? 0]);
}

export function lengthOf(random: Random, { value, end }: Place, total: number): number {
  const own = end - value;
  return (
    pick(random, [
      0,
      1,
      own + 1,
      own - 1,
      own + 2,
      own * 2,
      own * 256,
      0xffff,
      0x7fffffff,
      0xfffffffe,
      0xffffffff,
      total,
      total - value,
      below(random, 0xffffffff),
    ]) >>> 0
  );
}

export function withLength(bytes: Uint8Array, { lengthAt, lengthBytes }: Place, length: number): Uint8Array {
  const patch = new DataView(new ArrayBuffer(lengthBytes));
  if (lengthBytes === 2) patch.setUint16(0, length & 0xffff, true);
  else patch.setUint32(0, length, true);
  return written(bytes, lengthAt, new Uint8Array(patch.buffer));
}

export const junk = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => below(random, 256));
