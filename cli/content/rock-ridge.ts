/** Rock Ridge names (IEEE P1282) in System Use entries (SUSP, IEEE P1281). */
import { type Content, readRange } from "./content.ts";
import { textOf } from "./names.ts";

export interface RockRidge {
  readonly name: string;
  /** A symbolic link: it has no bytes of its own. */
  readonly link: boolean;
}

/** Continuation areas one after the other; a real one has one or two. */
const continuationLimit = 16;
/** SUSP 5.3: SP begins the root directory's own entries. */
const spSignature = Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef]);

/** How many bytes come before the entries in every record; undefined where the image has none. */
export function systemUseSkip(root: Buffer | undefined): number | undefined {
  const at = root?.indexOf(spSignature) ?? -1;
  // 15: where CD-ROM XA writes its own attributes first.
  return root !== undefined && (at === 0 || at === 14 || at === 15) ? root.readUInt8(at + 6) : undefined;
}

/** An empty name where the record has none. */
export async function rockRidgeOf(image: Content, blockSize: number, area: Buffer): Promise<RockRidge> {
  const names: Buffer[] = [];
  let link = false;
  let next: Buffer | undefined = area;
  for (let count = 0; next !== undefined && count < continuationLimit; count++) {
    const entries: readonly Buffer[] = entriesIn(next);
    names.push(...entries.filter((entry) => signatureOf(entry) === "NM").map((entry) => entry.subarray(5)));
    link ||= entries.some((entry) => signatureOf(entry) === "SL");
    const more = entries.find((entry) => signatureOf(entry) === "CE" && entry.length >= 28);
    next = more && (await continuation(image, blockSize, more));
  }
  return { name: textOf(Buffer.concat(names)), link };
}

const signatureOf = (entry: Buffer): string => entry.toString("latin1", 0, 2);

/** Up to the terminator (SUSP 5.4), or what is too damaged to be one. */
function entriesIn(area: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at + 4 <= area.length; ) {
    const length = area.readUInt8(at + 2);
    const entry = area.subarray(at, at + length);
    if (length < 4 || entry.length < length || signatureOf(entry) === "ST") break;
    entries.push(entry);
    at += length;
  }
  return entries;
}

/** SUSP 5.1: block, offset within it, length; each in both byte orders. */
function continuation(image: Content, blockSize: number, entry: Buffer): Promise<Buffer> {
  const start = entry.readUInt32LE(4) * blockSize + entry.readUInt32LE(12);
  return readRange(image, start, Math.min(entry.readUInt32LE(20), blockSize));
}
