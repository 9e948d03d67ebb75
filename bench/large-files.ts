/** The largest files ingest accepts, made up as they are read. */
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { type WriteElement, writePart10 } from "../shared/dicom/write.ts";

/** A beginning, then one byte over and over, then an end. */
export interface MadeUpFile {
  readonly size: number;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

const gibibyte = 1024 ** 3;
let made = 0;

const identity = (sopClassUid: string): readonly WriteElement[] => [
  { tag: "00080016", vr: "UI", value: sopClassUid },
  { tag: "00080018", vr: "UI", value: `1.2.3.${++made}` },
  { tag: "0020000D", vr: "UI", value: "1.2.3" },
  { tag: "0020000E", vr: "UI", value: "1.2.3.1" },
  { tag: "00100020", vr: "LO", value: "P-1" },
];
const image = (frames: number, side: number): readonly WriteElement[] => [
  ...identity("1.2.840.10008.5.1.4.1.1.13.1.3"),
  { tag: "00280002", vr: "US", value: 1 },
  { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
  { tag: "00280008", vr: "IS", value: String(frames) },
  { tag: "00280010", vr: "US", value: side },
  { tag: "00280011", vr: "US", value: side },
  { tag: "00280100", vr: "US", value: 16 },
];
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const header = (tag: readonly number[], length: number): Uint8Array => {
  const bytes = Buffer.from([...tag, 0, 0, 0, 0]);
  bytes.writeUInt32LE(length, bytes.length - 4);
  return bytes;
};
const item = [0xfe, 0xff, 0x00, 0xe0];
const pixelData = [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0];
const padding = joined(header([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0], 126), new Uint8Array(126));

/** Tomosynthesis: 96 frames of 4096 by 4096, uncompressed. */
function native(): MadeUpFile {
  const length = 96 * 4096 * 4096 * 2;
  const head = joined(writePart10(image(96, 4096)), header(pixelData, length));
  return { size: head.length + length, head, tail: new Uint8Array(0) };
}

/** One compressed clip of three gigabytes, with padding after it. */
function encapsulated(): MadeUpFile {
  const file = writePart10(image(1, 4096), { transferSyntaxUid: "1.2.840.10008.1.2.4.102" });
  const open = header(pixelData.with(4, 0x4f).with(5, 0x42), 0xffffffff);
  const length = 3 * gibibyte;
  const head = joined(file, open, header(item, 0), header(item, length));
  const tail = joined(header([0xfe, 0xff, 0xdd, 0xe0], 0), padding);
  return { size: head.length + length + tail.length, head, tail };
}

const whole = (head: Uint8Array): MadeUpFile => ({ size: head.length, head, tail: new Uint8Array(0) });

/** Structure set: contours of thousands of points each, 100 MiB before the end of the file. */
function structureSet(): MadeUpFile {
  const contour = Array.from({ length: 7000 }, (_, index) => (index / 7).toFixed(3))
    .join("\\")
    .slice(0, 60_000);
  const items = Array.from({ length: 1750 }, (): readonly WriteElement[] => [
    { tag: "30060050", vr: "DS", value: new TextEncoder().encode(contour) },
  ]);
  return whole(
    writePart10([...identity("1.2.840.10008.5.1.4.1.1.481.3"), { tag: "30060040", vr: "SQ", value: items }]),
  );
}

/** Functional groups of 40,000 frames, each of two dozen small attributes: as much JSON as is made of any file. */
function functionalGroups(): MadeUpFile {
  const frame: readonly WriteElement[] = Array.from({ length: 22 }, (_, index) => ({
    tag: `0018${(0x9000 + index).toString(16)}`,
    vr: "FD" as const,
    value: [index + 0.5],
  }));
  const items = Array.from({ length: 40_000 }, () => frame);
  return whole(
    writePart10([...identity("1.2.840.10008.5.1.4.1.1.4.1"), { tag: "52009230", vr: "SQ", value: items }]),
  );
}

/** DS that is no number, in a header as long as is read, before one frame as large as is derived from. */
function notNumbers(): MadeUpFile {
  const text = new TextEncoder().encode("xyz\\".repeat(15_000));
  const items = Array.from({ length: 510 }, (): readonly WriteElement[] => [
    { tag: "30060050", vr: "DS", value: text },
  ]);
  const side = 8192;
  const file = writePart10([
    ...image(1, side),
    { tag: "00290010", vr: "LO", value: "X" },
    { tag: "00291001", vr: "OB", value: new Uint8Array(95 * 1024 ** 2) },
    { tag: "30060040", vr: "SQ", value: items },
  ]);
  const length = side * side * 2;
  const head = joined(file, header(pixelData, length));
  return { size: head.length + length, head, tail: new Uint8Array(0) };
}

/** A deflated data set of 250 MiB that packs well, its header in the first bytes. */
function deflatedPixels(): MadeUpFile {
  const frames = 30;
  const length = frames * 2048 * 2048 * 2;
  const pixels = Buffer.alloc(length);
  for (let at = 0; at < length; at += 16) pixels.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  return deflated(image(frames, 2048), pixels, 1);
}

/** 1.4 MB that inflate to so many zeros before their pixels. */
const deflatedHeader = (zeros: number) => (): MadeUpFile =>
  deflated(
    [
      ...image(1, 800),
      { tag: "00290010", vr: "LO", value: "X" },
      { tag: "00291001", vr: "OB", value: new Uint8Array(zeros) },
    ],
    randomBytes(800 * 800 * 2),
    9,
  );

function deflated(before: readonly WriteElement[], pixels: Uint8Array, level: number): MadeUpFile {
  const transferSyntaxUid = "1.2.840.10008.1.2.1.99";
  const plain = writePart10(before, { transferSyntaxUid });
  const start = 144 + new DataView(plain.buffer).getUint32(140, true);
  const data = Buffer.concat([plain.subarray(start), header(pixelData, pixels.length), pixels]);
  return whole(joined(plain.subarray(0, start), deflateRawSync(data, { level })));
}

const photograph = (channels: 3 | 4) =>
  sharp({ create: { width: 8000, height: 8000, channels, background: { r: 200, g: 10, b: 30, alpha: 1 } } });
const sent = async (image: ReturnType<typeof photograph>): Promise<MadeUpFile> =>
  whole(await image.toBuffer());

export const largeFiles: Readonly<Record<string, () => MadeUpFile | Promise<MadeUpFile>>> = {
  native,
  encapsulated,
  structureSet,
  functionalGroups,
  notNumbers,
  deflated: deflatedPixels,
  deflatedHeader: deflatedHeader(120 * 1024 ** 2),
  deflatedTooFar: deflatedHeader(200 * 1024 ** 2),
  png: () => sent(photograph(3).png()),
  interlacedPng: () => sent(photograph(4).toColourspace("rgb16").png({ progressive: true })),
  turnedJpeg: () =>
    sent(
      photograph(3).withMetadata({ orientation: 6 }).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }),
    ),
};
