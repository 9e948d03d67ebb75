/**
 * Sums the rows of a strip of 16-bit grey pixels column by column, eight columns at a time (WebAssembly SIMD): what
 * averaging a large radiograph mostly is.
 */
import { assemble, type Instruction } from "./assemble.ts";

/** Operands of a 16-byte access: no alignment is promised, and no offset added. */
const load: Instruction = ["v128.load", 0, 0];
const at = {
  source: 0,
  rowBytes: 1,
  rows: 2,
  sums: 3,
  columns: 4,
  up: 5,
  down: 6,
  column: 7,
  row: 8,
  left: 9,
} as const;
const vector = { values: 10, low: 11, high: 12 } as const;
const zero: Instruction = ["v128.const", ...Array<number>(16).fill(0)];

interface Variant {
  readonly sign: "s" | "u";
  /** Neighbouring columns are summed as one: half the work, for images whose boxes are many columns wide. */
  readonly pairs: boolean;
}

/** Eight samples on the stack, added to four sums each of `low` and `high`. */
const addEach = (sign: Variant["sign"]): readonly Instruction[] => [
  ["local.tee", vector.values],
  [`i32x4.extend_low_i16x8_${sign}`],
  ["local.get", vector.low],
  ["i32x4.add"],
  ["local.set", vector.low],
  ["local.get", vector.values],
  [`i32x4.extend_high_i16x8_${sign}`],
  ["local.get", vector.high],
  ["i32x4.add"],
  ["local.set", vector.high],
];
const storeHigh: readonly Instruction[] = [
  ["local.get", at.sums],
  ["local.get", vector.high],
  ["v128.store", 0, 16],
];
/** Eight samples on the stack, added two by two to the four sums of `low`. */
const addPairs = (sign: Variant["sign"]): readonly Instruction[] => [
  [`i32x4.extadd_pairwise_i16x8_${sign}`],
  ["local.get", vector.low],
  ["i32x4.add"],
  ["local.set", vector.low],
];

/**
 * For each group of eight columns: for each row, load, shift up and down (which masks to Bits Stored and extends the sign),
 * widen to 32 bits, add; then store the sums.
 */
const body = ({ sign, pairs }: Variant): readonly Instruction[] => [
  ["loop"],
  zero,
  ["local.set", vector.low],
  zero,
  ["local.set", vector.high],
  ["local.get", at.source],
  ["local.set", at.row],
  ["local.get", at.rows],
  ["local.set", at.left],
  ["loop"],
  ["local.get", at.row],
  load,
  ["local.get", at.up],
  ["i16x8.shl"],
  ["local.get", at.down],
  [`i16x8.shr_${sign}`],
  ...(pairs ? addPairs(sign) : addEach(sign)),
  ["local.get", at.row],
  ["local.get", at.rowBytes],
  ["i32.add"],
  ["local.set", at.row],
  ["i32.const", 0],
  ["local.get", at.left],
  ["i32.const", 1],
  ["i32.sub"],
  ["local.tee", at.left],
  ["i32.lt_s"],
  ["br_if", 0],
  ["end"],
  ["local.get", at.sums],
  ["local.get", vector.low],
  ["v128.store", 0, 0],
  ...(pairs ? [] : storeHigh),
  ["local.get", at.sums],
  ["i32.const", pairs ? 16 : 32],
  ["i32.add"],
  ["local.set", at.sums],
  ["local.get", at.source],
  ["i32.const", 16],
  ["i32.add"],
  ["local.set", at.source],
  ["local.get", at.column],
  ["i32.const", 8],
  ["i32.add"],
  ["local.tee", at.column],
  ["local.get", at.columns],
  ["i32.lt_s"],
  ["br_if", 0],
  ["end"],
];

type SumRows = (
  source: number,
  rowBytes: number,
  rows: number,
  sums: number,
  columns: number,
  up: number,
  down: number,
) => void;

const pages = 64;
const memoryBytes = pages * 65536;
/** Groups of eight may reach this far beyond the last pixel, and the last sum. */
const slack = 32;

interface Loaded {
  readonly sumRows: SumRows;
  readonly memory: Uint8Array;
  readonly buffer: ArrayBuffer;
}
const loaded = new Map<string, Loaded>();

function kernel(variant: Variant): Loaded {
  const name = `${variant.sign} ${variant.pairs}`;
  const known = loaded.get(name);
  if (known) return known;
  const locals = { i32: 3, v128: 3 };
  const binary = assemble({ name: "sumRows", parameters: 7, locals, body: body(variant) }, pages);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const one = { sumRows: exports.sumRows as SumRows, memory: new Uint8Array(buffer), buffer };
  loaded.set(name, one);
  return one;
}

/** How a sample is cut out of its 16 bits. */
export interface Sample {
  readonly signed: boolean;
  readonly bitsStored: number;
  readonly highBit: number;
}

/** Rows that are summed at once, of so many columns; 0: rows are too long for the kernel. */
export function rowsAtOnce(columns: number): number {
  return Math.max(0, Math.floor((memoryBytes - 4 * columns - 2 * slack) / (2 * columns)));
}

/**
 * The sums of `rows` rows of little-endian pixels, a view that the next call overwrites: one for each column, or with `pairs`
 * one for two neighbouring columns of an even number. `rows`: at most `rowsAtOnce`.
 */
export function sumRows(
  strip: Uint8Array,
  columns: number,
  rows: number,
  { signed, highBit, bitsStored }: Sample,
  pairs = false,
): Int32Array {
  const { sumRows: run, memory, buffer } = kernel({ sign: signed ? "s" : "u", pairs });
  const sums = 0;
  const source = Math.ceil((4 * columns + slack) / 16) * 16;
  memory.set(strip, source);
  run(source, 2 * columns, rows, sums, columns, 15 - highBit, 16 - bitsStored);
  return new Int32Array(buffer, sums, pairs ? columns / 2 : columns);
}
