/** Files of tens of megabytes that are little but structure, each with what must come of it. Tried as they are, before the mutated ones. */
import { imageFile } from "../unit/derive/instances.ts";

export interface Flood {
  readonly name: string;
  readonly make: () => Uint8Array;
  /** As `tryFile` answers. */
  readonly outcome: { readonly read: string; readonly thumbnail?: string };
}

const rle = "1.2.840.10008.1.2.5";
const emptyItem = Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0);

/** Items before the delimiter that the file ends with. */
function items(count: number): Uint8Array {
  const file = imageFile({ fragments: [new Uint8Array(0), new Uint8Array(64)] }, { transferSyntaxUid: rle });
  return Buffer.concat([file.subarray(0, -8), Buffer.alloc(count * 8, emptyItem), file.subarray(-8)]);
}

/** A private sequence behind everything else, of one item over and over. */
function sequence(count: number, item: Uint8Array): Uint8Array {
  const header = Buffer.from([0xe1, 0x7f, 0, 0x10, 0x53, 0x51, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(count * item.length, 8);
  return Buffer.concat([imageFile(undefined), header, Buffer.alloc(count * item.length, item)]);
}

/** An item of 60,000 bytes of DS. */
function ds(text: string): Uint8Array {
  const value = text.repeat(60_000 / text.length);
  const item = Buffer.concat([
    emptyItem,
    Buffer.from([0xe1, 0x7f, 0x01, 0x10, 0x44, 0x53, 0, 0]),
    Buffer.from(value),
  ]);
  item.writeUInt32LE(item.length - 8, 4);
  item.writeUInt16LE(value.length, 14);
  return item;
}

/** In a run of seconds only the first ones are tried. */
export const mostOfBriefRun = 2;

export const floods: readonly Flood[] = [
  {
    name: "two million empty fragments",
    make: () => items(2_000_000),
    outcome: { read: "read", thumbnail: "unavailable:too-many-fragments" },
  },
  {
    name: "33 MB of DS that is no number",
    make: () => sequence(550, ds("xyz\\")),
    outcome: { read: "header-limit" },
  },
  {
    name: "18 MB of DS that is numbers",
    make: () => sequence(300, ds("123\\")),
    outcome: { read: "read" },
  },
  {
    name: "five million empty items",
    make: () => sequence(5_000_000, emptyItem),
    outcome: { read: "header-limit" },
  },
];
