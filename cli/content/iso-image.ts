/**
 * ISO 9660 images (ECMA-119) of patients' discs, with Joliet and Rock Ridge names. No library for Node reads them; what is
 * needed of the format is a table of contents, since every file lies in one run of bytes or a few.
 */
import { ArchiveUnreadable, type Member, type SealedMember } from "./archive.ts";
import { type Content, ContentUnreadable, readRange } from "./content.ts";
import { type Extent, type IsoFile, walkIso } from "./iso-directory.ts";

const sector = 2048;
/** ECMA-119 §6.2.1: the system area comes first. */
const firstDescriptor = 16;
const descriptorLimit = 64;
/** What a sector of a raw image (2352 bytes) begins with. */
const rawSync = Buffer.from("00ffffffffffffffffffff00", "hex");

interface Volume {
  readonly root: Extent;
  readonly blockSize: number;
  readonly joliet: boolean;
}

/** What an image can be told by, at the beginning of its first descriptor. */
const identifiers = { iso: "CD001", udf: "BEA01" } as const;
export const isoProbe = { start: firstDescriptor * sector, end: firstDescriptor * sector + 6 } as const;

export type DiscImage = "iso" | "unknown-image";

/** `head`: the file's first bytes; `probe`: those of `isoProbe`. undefined for what is no image of a disc. */
export function discImageOf(head: Buffer, probe: Buffer): DiscImage | undefined {
  const identifier = probe.toString("latin1", 1, 6);
  if (identifier === identifiers.iso) return "iso";
  return identifier === identifiers.udf || head.subarray(0, rawSync.length).equals(rawSync)
    ? "unknown-image"
    : undefined;
}

/** Throws ArchiveUnreadable. Rock Ridge names are preferred to Joliet's, which end after 64 characters. */
export async function isoMembers(image: Content): Promise<readonly (Member | SealedMember)[]> {
  const volumes = await readVolumes(image);
  const primary = volumes.find(({ joliet }) => !joliet);
  const joliet = volumes.find((volume) => volume.joliet);
  if (primary === undefined) throw new ArchiveUnreadable("disc-image", "The image has no primary volume.");
  const plain = await walkIso(image, primary, { joliet: false });
  const best = plain.rockRidge || joliet === undefined ? plain : await walkIso(image, joliet, joliet);
  return best.files.map((file) => memberOf(image, file));
}

function memberOf(image: Content, { name, extents, interleaved }: IsoFile): Member | SealedMember {
  if (interleaved) return { name, sealed: "packing" };
  const whole = extents.every(({ start, length }) => start + length <= image.size);
  return whole ? { name, content: new IsoContent(image, extents) } : { name, sealed: "cut" };
}

async function readVolumes(image: Content): Promise<readonly Volume[]> {
  const volumes: Volume[] = [];
  for (let index = 0; index < descriptorLimit; index++) {
    const start = (firstDescriptor + index) * sector;
    const descriptor = await readRange(image, start, sector);
    if (descriptor.length < sector || descriptor.toString("latin1", 1, 6) !== identifiers.iso) break;
    const type = descriptor.readUInt8(0);
    if (type === 255) break;
    const escapes = descriptor.toString("latin1", 88, 91);
    // ECMA-35 escapes for UCS-2 levels 1 to 3 are what makes a supplementary volume Joliet.
    const joliet = type === 2 && ["%/@", "%/C", "%/E"].includes(escapes);
    if (type !== 1 && !joliet) continue;
    const blockSize = descriptor.readUInt16LE(128) || sector;
    const root = {
      start: descriptor.readUInt32LE(156 + 2) * blockSize,
      length: descriptor.readUInt32LE(156 + 10),
    };
    volumes.push({ root, blockSize, joliet });
  }
  return volumes;
}

class IsoContent implements Content {
  readonly size: number;
  readonly #image: Content;
  readonly #extents: readonly Extent[];

  constructor(image: Content, extents: readonly Extent[]) {
    this.#image = image;
    this.#extents = extents;
    this.size = extents.reduce((sum, { length }) => sum + length, 0);
  }

  requireUnchanged(): Promise<void> {
    return this.#image.requireUnchanged();
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end > this.size) throw new ContentUnreadable("The file on the disc ends before that.");
    let at = 0;
    for (const extent of this.#extents) {
      const from = Math.max(start, at);
      const to = Math.min(end, at + extent.length);
      if (from < to) yield* this.#image.read(extent.start + from - at, extent.start + to - at);
      at += extent.length;
    }
  }
}
