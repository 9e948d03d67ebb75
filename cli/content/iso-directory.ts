/** Directories of an ISO 9660 image: records (ECMA-119 §9.1) and the Rock Ridge names in their system use areas. */
import { ArchiveUnreadable, memberLimit } from "./archive.ts";
import { type Content, readRange } from "./content.ts";
import { textOf } from "./names.ts";
import { type RockRidge, rockRidgeOf, systemUseSkip } from "./rock-ridge.ts";

export interface Extent {
  /** Bytes from the image's beginning. */
  readonly start: number;
  readonly length: number;
}
export interface IsoFile {
  readonly name: string;
  /** More than one where the file is larger than 4 GiB. */
  readonly extents: readonly Extent[];
  readonly interleaved: boolean;
}
export interface IsoWalk {
  readonly files: readonly IsoFile[];
  readonly rockRidge: boolean;
}

/** File flags, §9.1.6. */
const flags = { directory: 0x02, associated: 0x04, moreExtents: 0x80 } as const;
const sector = 2048;
/** A directory's records for every file there may be. */
const directoryLimit = 64 * 1024 ** 2;
/** §6.8.2.1 allows 8 levels, Rock Ridge and Joliet more. */
const depthLimit = 64;

interface Folder extends Extent {
  readonly path: string;
  readonly depth: number;
}

interface ReadRecord {
  readonly identifier: Buffer;
  readonly extent: Extent;
  readonly flags: number;
  readonly interleaved: boolean;
  readonly systemUse: Buffer;
}

interface Volume {
  readonly root: Extent;
  readonly blockSize: number;
}

/** Every file of one volume. Throws ArchiveUnreadable. */
export async function walkIso(
  image: Content,
  { root, blockSize }: Volume,
  { joliet }: { readonly joliet: boolean },
): Promise<IsoWalk> {
  const files: IsoFile[] = [];
  const [self] = await readDirectory(image, root, blockSize);
  const skip = joliet ? undefined : systemUseSkip(self?.systemUse);
  const nameOf = joliet ? jolietName : nameBy(image, blockSize, skip);
  const ahead = new FoldersAhead(image.size, { ...root, path: "", depth: 0 });
  for (let folder = ahead.next(); folder !== undefined; folder = ahead.next()) {
    const records = await readDirectory(image, folder, blockSize);
    for (const entry of await entriesOf(records, nameOf)) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.folder) ahead.add({ ...(entry.extents[0] as Extent), path, depth: folder.depth + 1 });
      else files.push({ ...entry, name: path });
    }
    if (files.length > memberLimit) throw bomb("The image holds more files than any real disc.");
  }
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), rockRidge: skip !== undefined };
}

/** Folders that are to be read. An image made to harm has folders that lie in one another, or name one another without end. */
class FoldersAhead {
  readonly #ahead: Folder[];
  readonly #seen = new Set<number>();
  #count = 1;
  /** Bytes: folders that do not overlap are no larger than the image. */
  #left: number;

  constructor(imageSize: number, root: Folder) {
    this.#left = imageSize;
    this.#ahead = [root];
  }

  add(folder: Folder): void {
    if (++this.#count > memberLimit) throw bomb("The image holds more folders than any real disc.");
    this.#ahead.push(folder);
  }

  next(): Folder | undefined {
    for (let folder = this.#ahead.pop(); folder !== undefined; folder = this.#ahead.pop()) {
      if (this.#seen.has(folder.start) || folder.depth > depthLimit) continue;
      this.#seen.add(folder.start);
      this.#left -= folder.length;
      if (this.#left < 0) throw bomb("The image's folders are larger than the image.");
      return folder;
    }
    return undefined;
  }
}

const bomb = (message: string): ArchiveUnreadable => new ArchiveUnreadable("archive-bomb", message);

interface IsoEntry extends IsoFile {
  readonly folder: boolean;
}
type NameOf = (record: ReadRecord) => Promise<RockRidge> | RockRidge;

/** Records of one file that has several extents follow each other (§9.1.6, multi-extent). */
async function entriesOf(records: readonly ReadRecord[], nameOf: NameOf): Promise<readonly IsoEntry[]> {
  const entries: IsoEntry[] = [];
  let begun: Extent[] = [];
  // The first two are the directory itself and its parent.
  for (const record of records.slice(2)) {
    if (record.flags & flags.associated) continue;
    begun.push(record.extent);
    if (record.flags & flags.moreExtents) continue;
    const { name, link } = await nameOf(record);
    const folder = (record.flags & flags.directory) !== 0;
    if (!link) entries.push({ name, folder, extents: begun, interleaved: record.interleaved });
    begun = [];
  }
  return entries;
}

const jolietName: NameOf = ({ identifier }) => ({
  name: withoutVersion(new TextDecoder("utf-16be").decode(identifier)),
  link: false,
});

const nameBy =
  (image: Content, blockSize: number, skip: number | undefined): NameOf =>
  async ({ identifier, systemUse }) => {
    const named =
      skip === undefined ? undefined : await rockRidgeOf(image, blockSize, systemUse.subarray(skip));
    return { name: named?.name || withoutVersion(textOf(identifier)), link: named?.link ?? false };
  };

/** `IM1.;1` is the file IM1. */
const withoutVersion = (name: string): string => name.replace(/;\d+$/, "").replace(/\.$/, "");

async function readDirectory(
  image: Content,
  { start, length }: Extent,
  blockSize: number,
): Promise<readonly ReadRecord[]> {
  if (length > directoryLimit || start + length > image.size)
    throw new ArchiveUnreadable("disc-image", "A directory of the image lies outside of it.");
  const bytes = await readRange(image, start, length);
  const records: ReadRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt8(at);
    // No record crosses a sector's end: the rest of this one is empty.
    if (size === 0) at = (Math.floor(at / sector) + 1) * sector;
    else {
      if (size < 34 || at + size > bytes.length)
        throw new ArchiveUnreadable("disc-image", "A directory of the image is damaged.");
      if (records.length > memberLimit) throw bomb("A folder of the image holds more than any real disc.");
      records.push(recordOf(bytes.subarray(at, at + size), blockSize));
      at += size;
    }
  }
  return records;
}

function recordOf(record: Buffer, blockSize: number): ReadRecord {
  const nameLength = record.readUInt8(32);
  const nameEnd = 33 + nameLength;
  return {
    identifier: record.subarray(33, nameEnd),
    // An extended attribute record comes before the file's bytes.
    extent: {
      start: (record.readUInt32LE(2) + record.readUInt8(1)) * blockSize,
      length: record.readUInt32LE(10),
    },
    flags: record.readUInt8(25),
    interleaved: record.readUInt8(26) !== 0 || record.readUInt8(27) !== 0,
    systemUse: record.subarray(nameEnd + (nameLength % 2 === 0 ? 1 : 0)),
  };
}
