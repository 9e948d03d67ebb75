/** Small ISO 9660 images (ECMA-119): one folder below the root, with Joliet or Rock Ridge names where wanted. */
const sector = 2048;

export interface IsoFileSpec {
  /** As ISO 9660 spells it, such as `IM1.;1`; with a folder before it, `DICOM/IM1.;1`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly rockRidge?: string;
  /** Only in the Joliet volume's directory. */
  readonly joliet?: string;
  /** Bytes after which a second extent begins, as where a file is larger than 4 GiB; a multiple of 2048. */
  readonly splitAt?: number;
}
export interface IsoSpec {
  readonly files: readonly IsoFileSpec[];
  readonly folderRockRidge?: string;
  readonly joliet?: boolean;
  readonly rockRidge?: boolean;
}

export const isoPlaces = { primary: 16 * sector, rootDirectory: 19 * sector } as const;

/** Sectors: 16 primary, 17 Joliet, 18 end; 19 and 20 directories, 21 and 22 those of Joliet; then the files. */
export function isoOf({ files, joliet = false, rockRidge = false, folderRockRidge }: IsoSpec): Buffer {
  const data: Buffer[] = [];
  const placed = files.map((file) => {
    const at = 23 + data.reduce((sum, { length }) => sum + length / sector, 0);
    data.push(padded(Buffer.from(file.bytes)));
    return { ...file, at };
  });
  const top = placed.filter(({ name }) => !name.includes("/"));
  const inside = placed.filter(({ name }) => name.includes("/"));
  const directory = (self: number, parent: number, list: typeof placed, folder?: number): Buffer => {
    const wide = self >= 21;
    const nameOf = (file: IsoFileSpec): Buffer => {
      const plain = file.name.split("/").at(-1) as string;
      return wide ? utf16be(file.joliet ?? plain) : Buffer.from(plain, "latin1");
    };
    const extra = (name?: string): Buffer => (rockRidge && !wide && name ? nm(name) : Buffer.alloc(0));
    const sp = rockRidge && !wide && self === 19 ? Buffer.from("53500701beef00", "hex") : Buffer.alloc(0);
    return padded(
      Buffer.concat([
        record(Buffer.from([0]), self, sector, 2, sp),
        record(Buffer.from([1]), parent, sector, 2),
        ...(folder === undefined
          ? []
          : [
              record(
                wide ? utf16be("DICOM") : Buffer.from("DICOM"),
                folder,
                sector,
                2,
                extra(folderRockRidge),
              ),
            ]),
        ...list.flatMap((file) =>
          extents(file).map(([at, length, flag]) =>
            record(nameOf(file), at, length, flag, extra(file.rockRidge)),
          ),
        ),
      ]),
    );
  };
  const sectors = [
    Buffer.alloc(16 * sector),
    volume(1, 19),
    joliet ? volume(2, 21, "%/E") : volume(0, 19),
    volume(255, 0),
    directory(19, 19, top, inside.length > 0 ? 20 : undefined),
    directory(20, 19, inside),
    directory(21, 21, top, inside.length > 0 ? 22 : undefined),
    directory(22, 21, inside),
    ...data,
  ];
  return Buffer.concat(sectors);
}

function extents(file: IsoFileSpec & { readonly at: number }): readonly [number, number, number][] {
  const { at, bytes, splitAt } = file;
  if (splitAt === undefined) return [[at, bytes.length, 0]];
  return [
    [at, splitAt, 0x80],
    [at + splitAt / sector, bytes.length - splitAt, 0],
  ];
}

function volume(type: number, root: number, escapes = ""): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.writeUInt8(type, 0);
  bytes.write("CD001\u0001", 1, "latin1");
  bytes.write(escapes, 88, "latin1");
  bytes.writeUInt16LE(sector, 128);
  record(Buffer.from([0]), root, sector, 2).copy(bytes, 156);
  return bytes;
}

/** §9.1; only the little-endian halves, which are those that are read. */
function record(
  name: Buffer,
  at: number,
  length: number,
  flags: number,
  systemUse: Buffer = Buffer.alloc(0),
): Buffer {
  const padding = name.length % 2 === 0 ? 1 : 0;
  const bytes = Buffer.alloc(33 + name.length + padding + systemUse.length);
  const even = bytes.length + (bytes.length % 2);
  bytes.writeUInt8(even, 0);
  bytes.writeUInt32LE(at, 2);
  bytes.writeUInt32LE(length, 10);
  bytes.writeUInt8(flags, 25);
  bytes.writeUInt8(name.length, 32);
  name.copy(bytes, 33);
  systemUse.copy(bytes, 33 + name.length + padding);
  return Buffer.concat([bytes, Buffer.alloc(even - bytes.length)]);
}

const nm = (name: string): Buffer => {
  const text = Buffer.from(name);
  return Buffer.concat([Buffer.from("NM"), Buffer.from([text.length + 5, 1, 0]), text]);
};
const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((sector - (bytes.length % sector)) % sector)]);
