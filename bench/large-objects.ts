/** Objects as large as derive accepts, each on an object store that makes them up. */
import { deflateRawSync } from "node:zlib";
import { keys } from "../shared/catalog/keys.ts";
import { deriveInstance } from "../shared/derive/derive-instance.ts";
import { type WriteElement, writePart10 } from "../shared/dicom/write.ts";
import type { ByteRange, ObjectStore } from "../shared/ports.ts";
import { fixedClock } from "../test/support/memory/clock.ts";
import { memoryObjects } from "../test/support/memory/objects.ts";
import { memoryTable } from "../test/support/memory/table.ts";
import { encoders, grey16 } from "../test/unit/pixels/encoded.ts";

/** An object without its bytes: a beginning, and what is repeated after it. */
export interface Made {
  readonly head: Uint8Array;
  /** One item of encapsulated pixel data; none: a ramp of `rampBytes`. */
  readonly item: Uint8Array;
  readonly times: number;
  readonly rampBytes: number;
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly transferSyntaxUid?: string;
  /** Of decomposition. */
  readonly levels?: number;
}

const deflated = "1.2.840.10008.1.2.1.99";
const rle = "1.2.840.10008.1.2.5";
const jpegLossless = "1.2.840.10008.1.2.4.70";
const jpegLs = "1.2.840.10008.1.2.4.80";
const jpeg2000 = "1.2.840.10008.1.2.4.90";
const htj2k = "1.2.840.10008.1.2.4.201";

export const cases: Readonly<Record<string, () => Promise<Made>>> = {
  "native, 3000 frames of 1024 × 512, 16 bit": async () =>
    nativeObject({ rows: 512, columns: 1024, frames: 3000 }),
  "native, 24 frames of 8192 × 8192, 16 bit": async () =>
    nativeObject({ rows: 8192, columns: 8192, frames: 24 }),
  "JPEG-LS, 3000 frames of 1024 × 1024, 16 bit": async () =>
    encapsulated({ rows: 1024, columns: 1024, frames: 3000, transferSyntaxUid: jpegLs }),
  "JPEG-LS, 8 frames of 8192 × 8192, 16 bit": async () =>
    encapsulated({ rows: 8192, columns: 8192, frames: 8, transferSyntaxUid: jpegLs }),
  "JPEG 2000, 8 frames of 8192 × 8192, 16 bit": async () =>
    encapsulated({ rows: 8192, columns: 8192, frames: 8, transferSyntaxUid: jpeg2000 }),
  "HTJ2K, 8 frames of 8192 × 8192, 16 bit": async () =>
    encapsulated({ rows: 8192, columns: 8192, frames: 8, transferSyntaxUid: htj2k }),
  "JPEG 2000 of one resolution, 8 frames of 5600 × 5600, 16 bit": async () =>
    encapsulated({ rows: 5600, columns: 5600, frames: 8, transferSyntaxUid: jpeg2000, levels: 0 }),
  "JPEG lossless, 8 frames of 8192 × 8192, 16 bit": async () =>
    encapsulated({ rows: 8192, columns: 8192, frames: 8, transferSyntaxUid: jpegLossless }),
  "RLE, 24 frames of 8192 × 8192, 16 bit": async () =>
    encapsulated({ rows: 8192, columns: 8192, frames: 24, transferSyntaxUid: rle }),
  "deflated, 960 frames of 512 × 512, 16 bit": async () =>
    deflatedObject({ rows: 512, columns: 512, frames: 960 }),
};

const key = { region: "r", hospital: "h", studyUid: "2.25.1", seriesUid: "2.25.2", sopUid: "2.25.3" };

/** Derives as the function does; what is written is counted and dropped. */
export async function deriveLarge(made: Made) {
  const size = sizeOf(made);
  const clock = fixedClock();
  const [memory, table] = [memoryObjects({ clock }), memoryTable()];
  const objects: ObjectStore = {
    ...memory,
    read: async (_, range = { offset: 0, length: size }) => clipped(made, range),
    stream: async (_, range = { offset: 0, length: size }) => chunks(made, range),
    put: async () => undefined,
  };
  const sha256 = "0".repeat(64);
  const item = { type: "instance", ...keys.instance(key), ...key, sha256, size, keyArn: "k" };
  await table.write([{ op: "put", item: { ...item, sopClassUid: "", transferSyntaxUid: "" } }]);
  const start = performance.now();
  const derived = await deriveInstance({ table, objects, clock }, { ...key, sha256 });
  return { ...derived, bytes: size, seconds: (performance.now() - start) / 1000 };
}

const sizeOf = ({ head, item, times, rampBytes }: Made): number =>
  head.length + item.length * times + rampBytes;

function clipped(made: Made, { offset, length }: ByteRange): Uint8Array {
  const { head, item } = made;
  const bytes = new Uint8Array(Math.max(0, Math.min(length, sizeOf(made) - offset)));
  if (offset < head.length) bytes.set(head.subarray(offset, offset + bytes.length));
  const from = Math.max(0, head.length - offset);
  if (item.length === 0) for (let i = from; i < bytes.length; i++) bytes[i] = (offset + i) >> 9;
  else
    for (let i = from; i < bytes.length; ) {
      const start = (offset + i - head.length) % item.length;
      const part = item.subarray(start, start + bytes.length - i);
      bytes.set(part, i);
      i += part.length;
    }
  return bytes;
}

async function* chunks(made: Made, { offset, length }: ByteRange): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < length; sent += 65536) {
    yield clipped(made, { offset: offset + sent, length: Math.min(65536, length - sent) });
  }
}

function header({ rows, columns, frames, transferSyntaxUid }: Shape, pixels: WriteElement) {
  const us = (tag: string, value: number): WriteElement => ({ tag, vr: "US", value });
  const written = transferSyntaxUid === undefined ? {} : { transferSyntaxUid };
  return writePart10(
    [
      { tag: "00080016", vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7.3" },
      { tag: "00080018", vr: "UI", value: key.sopUid },
      { tag: "0020000D", vr: "UI", value: key.studyUid },
      { tag: "0020000E", vr: "UI", value: key.seriesUid },
      us("00280002", 1),
      { tag: "00280004", vr: "CS", value: "MONOCHROME2" },
      { tag: "00280008", vr: "IS", value: String(frames) },
      us("00280010", rows),
      us("00280011", columns),
      us("00280100", 16),
      us("00280101", 16),
      us("00280102", 15),
      us("00280103", 0),
      pixels,
    ],
    written,
  );
}

const nothing = { item: new Uint8Array(0), times: 0, rampBytes: 0 };

/** Native pixels: a ramp, and no window, so that the whole frame is looked at twice. */
function nativeObject(shape: Shape): Made {
  const head = Buffer.from(header(shape, { tag: "7FE00010", vr: "OW", value: new Uint8Array(0) }));
  const rampBytes = shape.rows * shape.columns * shape.frames * 2;
  head.writeUInt32LE(rampBytes, head.length - 4);
  return { ...nothing, head, rampBytes };
}

/** The same frame again and again, as items of encapsulated pixel data. */
async function encapsulated(shape: Shape & { readonly transferSyntaxUid: string }): Promise<Made> {
  const { rows, columns, frames, transferSyntaxUid } = shape;
  const frame = evened(transferSyntaxUid === rle ? blankRle(rows * columns) : await encodedFrame(shape));
  const whole = header(shape, { tag: "7FE00010", vr: "OB", value: { fragments: [new Uint8Array(0)] } });
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]), frame]);
  item.writeUInt32LE(frame.length, 4);
  // Without the delimiter, which ends what follows.
  return { ...nothing, head: whole.subarray(0, whole.length - 8), item, times: frames };
}

function encodedFrame({ columns, rows, transferSyntaxUid, levels = 5 }: Shape): Promise<Uint8Array> {
  const image = grey16(columns, rows);
  if (transferSyntaxUid === jpegLs) return encoders[jpegLs](image);
  if (transferSyntaxUid === jpegLossless) return encoders[jpegLossless](image);
  return encoders[transferSyntaxUid === htj2k ? htj2k : jpeg2000](image, levels);
}

const evened = (bytes: Uint8Array): Uint8Array =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);

/** PS3.5 Annex G: two planes of runs of 128 zeros. */
function blankRle(pixels: number): Uint8Array {
  const plane = Buffer.alloc((2 * pixels) / 128);
  for (let i = 0; i < plane.length; i += 2) plane[i] = 129;
  const head = Buffer.alloc(64);
  [2, 64, 64 + plane.length].forEach((value, i) => void head.writeUInt32LE(value, i * 4));
  return Buffer.concat([head, plane, plane]);
}

function deflatedObject(shape: Shape): Made {
  const pixels = Buffer.alloc(shape.rows * shape.columns * shape.frames * 2);
  for (let i = 0; i < pixels.length; i += 2)
    pixels.writeUInt16LE((Math.imul(i, 2654435761) >>> 21) & 0xffff, i);
  const whole = Buffer.from(
    header({ ...shape, transferSyntaxUid: deflated }, { tag: "7FE00010", vr: "OW", value: pixels }),
  );
  // PS3.10 §7.1: preamble, prefix and file meta, whose first value is its length.
  const start = 144 + whole.readUInt32LE(140);
  const compressed = deflateRawSync(whole.subarray(start), { level: 1 });
  return { ...nothing, head: Buffer.concat([whole.subarray(0, start), compressed]) };
}
