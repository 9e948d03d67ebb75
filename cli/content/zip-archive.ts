/** Zip archives (PKWARE APPNOTE): the directory by yauzl, the bytes straight out of the file, nothing unpacked to disk. */
import { type FileHandle, open as openFile } from "node:fs/promises";
import { pipeline } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise } from "yauzl";
import { ArchiveUnreadable, type Member, memberLimit, type SealedMember } from "./archive.ts";
import { type Content, ContentDamaged, type ContentInParts } from "./content.ts";
import { textOf } from "./names.ts";
import { Unpacked } from "./unpacked.ts";

const methods = { stored: 0, deflated: 8 } as const;
/** Info-ZIP Unicode Path (APPNOTE 4.6.9). */
const unicodePath = 0x7075;
/** General purpose bit 11 (APPNOTE 4.4.4): the name is UTF-8. */
const utf8Names = 0x800;
/** Images pack to a half or a third; blank ones far smaller. All of an archive together never become this many times its size. */
const bombFactor = 200;
const bombFloor = 1024 ** 3;

export const isZip = (head: Buffer): boolean =>
  head.length >= 4 && head.readUInt16BE(0) === 0x504b && [0x0304, 0x0506].includes(head.readUInt16BE(2));

/** `archive`: the content of the file at `path`. Throws ArchiveUnreadable. */
export async function zipMembers(
  path: string | Buffer,
  archive: Content,
): Promise<readonly (Member | SealedMember)[]> {
  const members: (Member | SealedMember)[] = [];
  let unpacked = 0;
  try {
    const options = { decodeStrings: false, validateEntrySizes: true } as const;
    const zip = await openPromise(path as string, options);
    for await (const entry of zip.eachEntry()) {
      unpacked += entry.uncompressedSize;
      if (members.length >= memberLimit || unpacked > bombFloor + bombFactor * archive.size)
        throw new ArchiveUnreadable("archive-bomb", "The archive would unpack to more than any real one.");
      const name = nameOf(entry);
      if (name.endsWith("/")) continue;
      members.push(sealOf(entry, name) ?? { name, content: new ZipContent(path, archive, entry) });
    }
  } catch (cause) {
    if (cause instanceof ArchiveUnreadable) throw cause;
    throw new ArchiveUnreadable("archive", "The zip archive is damaged or not whole.", { cause });
  }
  return members;
}

function sealOf(entry: Entry, name: string): SealedMember | undefined {
  if (entry.isEncrypted()) return { name, sealed: "encrypted" };
  return entry.canDecodeFileData() ? undefined : { name, sealed: "packing" };
}

/** Programs on Chinese Windows write GBK without saying so, and some write backslashes. */
function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
  const unicode = extraFields.some(({ id }) => id === unicodePath) || (flags & utf8Names) !== 0;
  const text = unicode ? getFileNameLowLevel(flags, fileNameRaw, extraFields, false) : textOf(fileNameRaw);
  return text.replaceAll("\\", "/");
}

class ZipContent implements Content {
  readonly size: number;
  readonly #path: string | Buffer;
  readonly #archive: Content;
  readonly #entry: Entry;

  constructor(path: string | Buffer, archive: Content, entry: Entry) {
    this.#path = path;
    this.#archive = archive;
    this.#entry = entry;
    this.size = entry.uncompressedSize;
  }

  requireUnchanged(): Promise<void> {
    return this.#archive.requireUnchanged();
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (this.#entry.compressionMethod === methods.stored) {
      const from = await this.#dataStart();
      yield* this.#checked(this.#archive.read(from + start, from + end), start, end);
      return;
    }
    const unpacked = new Unpacked(() => this.#unpack());
    try {
      yield* this.#checked(unpacked.read(start, end), start, end);
    } finally {
      await unpacked.letGo();
    }
  }

  inParts(): ContentInParts | undefined {
    if (this.#entry.compressionMethod === methods.stored) return undefined;
    const unpacked = new Unpacked(() => this.#unpack());
    return {
      size: this.size,
      read: (start, end) => this.#checked(unpacked.read(start, end), start, end),
      requireUnchanged: () => this.requireUnchanged(),
      letGo: () => unpacked.letGo(),
    };
  }

  async *#unpack(): AsyncGenerator<Uint8Array> {
    const from = await this.#dataStart();
    const packed = this.#archive.read(from, from + this.#entry.compressedSize);
    // Ends without a word when whoever reads has had enough.
    yield* pipeline(packed, createInflateRaw(), () => undefined) as unknown as AsyncIterable<Buffer>;
  }

  async *#checked(bytes: AsyncIterable<Uint8Array>, start: number, end: number): AsyncGenerator<Uint8Array> {
    let length = 0;
    let sum = 0;
    for await (const piece of bytes) {
      length += piece.length;
      sum = crc32(piece, sum);
      yield piece;
    }
    const whole = start === 0 && end === this.size;
    // A damaged archive would hand on other bytes than were packed, and nobody would know.
    if (length !== end - start || (whole && sum !== this.#entry.crc32))
      throw new ContentDamaged("The file inside the archive is damaged: its checksum is another.");
  }

  /** The local header (APPNOTE 4.3.7) repeats name and extra field at lengths of its own. */
  async #dataStart(): Promise<number> {
    const at = this.#entry.relativeOffsetOfLocalHeader;
    const header = await readAt(this.#path, at, 30);
    if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50)
      throw new ContentDamaged("The archive's directory points at no file.");
    return at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  }
}

async function readAt(path: string | Buffer, position: number, length: number): Promise<Buffer> {
  const file: FileHandle = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
