/** Zip archives as programs write them, and as they should not be (PKWARE APPNOTE 4.3). */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  /** Bytes where the name is in another encoding than UTF-8, which is then not claimed. */
  readonly name: string | Buffer;
  readonly bytes: Uint8Array;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** Another method than was used, such as 9 for Deflate64. */
  readonly method?: number;
  /** Sizes in a zip64 extra field, as archives over 4 GiB have them. */
  readonly zip64?: boolean;
  /** A lie about the size. */
  readonly claimed?: number;
  readonly damaged?: boolean;
}

export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = entryOf(member, offset);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const many = members.length > 0xfffe;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(many ? 0xffff : members.length, 8);
  end.writeUInt16LE(many ? 0xffff : members.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  const counted = many ? zip64End(members.length, entries.length, offset) : Buffer.alloc(0);
  return Buffer.concat([...locals, entries, counted, end]);
}

/** The record of more members than two bytes count (APPNOTE 4.3.14), and where it is (4.3.15). */
function zip64End(members: number, directoryBytes: number, directoryStart: number): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(members), 24);
  record.writeBigUInt64LE(BigInt(members), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryStart), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(directoryStart + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

function entryOf(member: ZipMember, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(member.name as string);
  const packed = member.stored ? Buffer.from(member.bytes) : deflateRawSync(member.bytes);
  const size = member.claimed ?? member.bytes.length;
  const extra = member.zip64 ? zip64Extra(size, packed.length) : Buffer.alloc(0);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(45, 0);
  fields.writeUInt16LE((member.encrypted ? 1 : 0) | (typeof member.name === "string" ? 0x800 : 0), 2);
  fields.writeUInt16LE(member.method ?? (member.stored ? 0 : 8), 4);
  fields.writeUInt32LE(crc32(member.bytes), 10);
  fields.writeUInt32LE(member.zip64 ? 0xffffffff : packed.length, 14);
  fields.writeUInt32LE(member.zip64 ? 0xffffffff : size, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extra.length, 24);
  if (member.damaged) packed[packed.length >> 1] = (packed[packed.length >> 1] as number) ^ 0x55;
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([signature(0x04034b50), fields, name, extra, packed]),
    central: Buffer.concat([signature(0x02014b50), Buffer.from([45, 3]), fields, rest, name, extra]),
  };
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function zip64Extra(size: number, packed: number): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(packed), 12);
  return extra;
}
