/** Writes a WebAssembly module of one function and one memory, out of instructions in text order (WebAssembly 2.0, §5). */

/** Instruction names as in the specification's text format, with their opcodes. FD starts a vector instruction. */
const opcodes = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  br: [0x0c],
  br_if: [0x0d],
  "local.get": [0x20],
  "local.set": [0x21],
  "local.tee": [0x22],
  "i32.const": [0x41],
  "i32.lt_s": [0x48],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "v128.load": [0xfd, 0x00],
  "v128.store": [0xfd, 0x0b],
  "v128.const": [0xfd, 0x0c],
  "i32x4.extadd_pairwise_i16x8_s": [0xfd, 0x7e],
  "i32x4.extadd_pairwise_i16x8_u": [0xfd, 0x7f],
  "i16x8.shl": [0xfd, 0x8b, 0x01],
  "i16x8.shr_s": [0xfd, 0x8c, 0x01],
  "i16x8.shr_u": [0xfd, 0x8d, 0x01],
  "i32x4.extend_low_i16x8_s": [0xfd, 0xa7, 0x01],
  "i32x4.extend_high_i16x8_s": [0xfd, 0xa8, 0x01],
  "i32x4.extend_low_i16x8_u": [0xfd, 0xa9, 0x01],
  "i32x4.extend_high_i16x8_u": [0xfd, 0xaa, 0x01],
  "i32x4.add": [0xfd, 0xae, 0x01],
} as const;

/** A name, and its immediate operands: the index of a local, a constant, a depth, or alignment and offset of an access. */
export type Instruction = readonly [keyof typeof opcodes, ...number[]];

export interface Kernel {
  readonly name: string;
  /** Parameters, all i32. */
  readonly parameters: number;
  /** After the parameters: i32 locals, then v128 ones. */
  readonly locals: { readonly i32: number; readonly v128: number };
  readonly body: readonly Instruction[];
}

const i32 = 0x7f;
const v128 = 0x7b;

/** The binary of a module that exports the kernel by its name, and `memory` of `pages` times 64 KiB. */
export function assemble({ name, parameters, locals, body }: Kernel, pages: number): Uint8Array<ArrayBuffer> {
  const instructions = body.flatMap(([operation, ...operands]) => [
    ...opcodes[operation],
    ...operands.flatMap(signed),
  ]);
  const code = [2, ...unsigned(locals.i32), i32, ...unsigned(locals.v128), v128, ...instructions, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...vector(Array<number[]>(parameters).fill([i32])), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(
      7,
      vector([
        [...text(name), 0, 0],
        [...text("memory"), 2, 0],
      ]),
    ),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

const section = (id: number, content: readonly number[]): readonly number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];
const vector = (items: readonly (readonly number[])[]): readonly number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const text = (value: string): readonly number[] => vector([...Buffer.from(value)].map((byte) => [byte]));

/** LEB128 (§5.2.2). */
function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Operands here are small and positive: signed and unsigned LEB128 differ only where bit 6 of the last byte is set. */
function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
