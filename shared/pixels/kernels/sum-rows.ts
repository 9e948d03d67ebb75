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
  /** Sums are written from the first byte on. */
  readonly sums: Int32Array;
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
  const one = {
    sumRows: exports.sumRows as SumRows,
    memory: new Uint8Array(buffer),
    sums: new Int32Array(buffer),
  };
  loaded.set(name, one);
  return one;
}

/** Little-endian grey pixels of 16 bits, and how a sample is cut out of them. */
export interface Samples {
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  readonly signed: boolean;
  readonly bitsStored: number;
  readonly highBit: number;
}

/** Rows that are summed at once, of so many columns; 0: rows are too long for the kernel. */
export function rowsAtOnce(columns: number): number {
  return Math.max(0, Math.floor((memoryBytes - 4 * columns - 2 * slack) / (2 * columns)));
}

/** Bytes copied into the kernel at a time: they are still in the processor's second cache when they are summed. */
const copiedAtOnce = 256 * 1024;

/** Of every four rows the first and the last: neither lines one row wide nor lines two rows wide come out lighter or darker. */
export const thinned = {
  /** How many of the rows before this one are left. */
  before: (row: number): number => (row >> 2) * 2 + Math.min(row & 3, 1),
  /** Which row is the n-th of those that are left. */
  row: (n: number): number => 2 * n + (n & 1),
};

/**
 * Sums rows from `top` to before `bottom`, at most `rowsAtOnce` of them: one sum for each column, or with `pairs` one for two
 * neighbouring columns of an even number. With `thin`, rows are counted as `thinned` leaves them. Ask from the top down. What
 * is answered is good until the next call.
 */
export function rowSums(
  { bytes, columns, rows, signed, highBit, bitsStored }: Samples,
  { pairs, thin }: { readonly pairs: boolean; readonly thin: boolean },
): (top: number, bottom: number) => Int32Array {
  const { sumRows: run, memory, sums } = kernel({ sign: signed ? "s" : "u", pairs });
  const rowBytes = 2 * columns;
  const source = Math.ceil((4 * columns + slack) / 16) * 16;
  const atOnce = Math.max(1, Math.min(rowsAtOnce(columns), Math.floor(copiedAtOnce / rowBytes)));
  const all = thin ? thinned.before(rows) : rows;
  const copy = (from: number, to: number, at: number): void =>
    memory.set(bytes.subarray(from * rowBytes, to * rowBytes), at);
  let [first, end] = [0, 0];
  return (top, bottom) => {
    if (bottom > end) {
      [first, end] = [top, Math.min(all, Math.max(bottom, top + atOnce))];
      if (!thin) copy(first, end, source);
      else
        for (let n = first; n < end; n++)
          copy(thinned.row(n), thinned.row(n) + 1, source + (n - first) * rowBytes);
    }
    run(source + (top - first) * rowBytes, rowBytes, bottom - top, 0, columns, 15 - highBit, 16 - bitsStored);
    return sums;
  };
}
