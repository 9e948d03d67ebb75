/** Baseline JPEG of 8-bit grey (ISO/IEC 10918-1): what a thumbnail of nearly every image in a hospital is. */
import type { Size } from "../image-pixel.ts";
import { BitWriter } from "./bit-writer.ts";
import { dctScale, forwardDct } from "./forward-dct.ts";
import { acSpec, codes, dcSpec, type HuffmanSpec, quantization, zigzag } from "./tables.ts";

const dcCodes = codes(dcSpec);
const acCodes = codes(acSpec);
const [endOfBlock, sixteenZeros] = [acCodes[0x00] as number, acCodes[0xf0] as number];

/** A coefficient takes at most 16 bits of code and 11 of its own, and stuffing may double that. */
const mostBytesPerBlock = 2 * Math.ceil((64 * 27) / 8);
const headRoom = 1024;

const writer = new BitWriter(headRoom + 1024 * mostBytesPerBlock);
const block = new Float64Array(64);

/** `pixels`: by rows, `width × height` of them. `quality`: 1 to 100 as libjpeg counts it. Sizes to 65,535 (B.2.2). */
export function encodeGreyJpeg(pixels: Uint8Array, { width, height }: Size, quality: number): Uint8Array {
  const { factors, head } = prepared(quality);
  const [across, down] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  head.set([height >> 8, height & 0xff, width >> 8, width & 0xff], sizeAt);
  writer.begin(head, headRoom + across * down * mostBytesPerBlock);
  let dc = 0;
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const flat = load(pixels, width, height, x * 8, y * 8);
      // Most of what is not the patient is black: of a block of one value only the sum is not zero.
      if (flat) block[0] = 64 * (block[0] as number);
      else forwardDct(block);
      const next = rounded((block[0] as number) * (factors[0] as number));
      writeValue(dcCodes, 0, next - dc);
      dc = next;
      if (flat) writer.put(endOfBlock >>> 5, endOfBlock & 31);
      else writeOthers(factors);
    }
  return writer.finish();
}

/** Answers whether all are the same. Blocks over the edge repeat the last column and row: nothing that is not there is seen. */
function load(pixels: Uint8Array, width: number, height: number, left: number, top: number): boolean {
  const last = width - 1 - left;
  const first = pixels[top * width + left] as number;
  let different = 0;
  for (let row = 0; row < 64; row += 8) {
    const from = Math.min(top + (row >> 3), height - 1) * width + left;
    for (let x = 0; x < 8; x++) {
      const value = pixels[from + Math.min(x, last)] as number;
      different |= value ^ first;
      block[row + x] = value - 128;
    }
  }
  return different === 0;
}

/** To the nearest: no coefficient reaches 16384. */
const rounded = (value: number): number => ((value + 16384.5) | 0) - 16384;

/** F.1.2.2: all but the first coefficient, as runs of zeros and what ends them. */
function writeOthers(factors: Float64Array): void {
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const value = rounded((block[zigzag[k] as number] as number) * (factors[k] as number));
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) writer.put(sixteenZeros >>> 5, sixteenZeros & 31);
    writeValue(acCodes, run << 4, value);
    run = 0;
  }
  if (run > 0) writer.put(endOfBlock >>> 5, endOfBlock & 31);
}

/** The code of the run and of the number of bits, then those bits: of a negative value, one less. */
function writeValue(table: Uint32Array, run: number, value: number): void {
  const size = 32 - Math.clz32(value < 0 ? -value : value);
  const code = table[run | size] as number;
  const bits = (value < 0 ? value - 1 : value) & ((1 << size) - 1);
  const length = code & 31;
  if (length + size <= 24) writer.put(((code >>> 5) << size) | bits, length + size);
  else {
    writer.put(code >>> 5, length);
    writer.put(bits, size);
  }
}

interface Prepared {
  /** By which a transformed coefficient becomes a quantized one, in the order they are coded. */
  readonly factors: Float64Array;
  /** Everything before the data; the size stands at `sizeAt`. */
  readonly head: Uint8Array;
}

/** Thumbnails have one quality each for grey and colour. */
const known = new Map<number, Prepared>();

function prepared(quality: number): Prepared {
  const found = known.get(quality);
  if (found) return found;
  const steps = quantization(quality);
  const factors = Float64Array.from(zigzag, (at) => 1 / ((steps[at] as number) * dctScale(at >> 3, at & 7)));
  const made = { factors, head: headOf(steps) };
  known.set(quality, made);
  return made;
}

/** Start of image, JFIF, and the frame header's marker, length and precision. */
const sizeAt = 2 + 18 + 5;

function headOf(steps: Uint8Array): Uint8Array {
  return Uint8Array.of(
    ...[0xff, 0xd8],
    ...segment(0xe0, [...Buffer.from("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xc0, [8, 0, 0, 0, 0, 1, 1, 0x11, 0]),
    ...segment(0xdb, [0, ...Array.from(zigzag, (at) => steps[at] as number)]),
    ...segment(0xc4, [...huffman(0x00, dcSpec), ...huffman(0x10, acSpec)]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  );
}

const huffman = (id: number, { lengths, symbols }: HuffmanSpec): readonly number[] => [
  id,
  ...lengths,
  ...symbols,
];

const segment = (marker: number, content: readonly number[]): readonly number[] => [
  ...[0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff],
  ...content,
];
