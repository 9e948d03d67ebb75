/** ISO 2022 code extensions (PS3.5 §6.1.2.4, escape sequences of PS3.3 Tables C.12-3 and C.12-4). */
import { decodeLabel } from "./text-decoders.ts";

/** Sets of one byte, or two bytes of seven bits (JIS X 0208 and 0212), in the left half. */
export type G0 = "ascii" | "jis-x-0208" | "jis-x-0212";
/** Label of the encoding whose upper half is in the right half. */
export type G1 = string;
export interface Designations {
  readonly g0: G0;
  /** Undefined: nothing designated. */
  readonly g1: G1 | undefined;
}

const ESC = 0x1b;

/** What follows ESC, as one number. */
const designators: ReadonlyMap<number, Partial<Designations>> = new Map<number, Partial<Designations>>([
  [0x2842, { g0: "ascii" }],
  [0x284a, { g0: "ascii" }],
  [0x2440, { g0: "jis-x-0208" }],
  [0x2442, { g0: "jis-x-0208" }],
  [0x242844, { g0: "jis-x-0212" }],
  [0x242943, { g1: "euc-kr" }],
  [0x242941, { g1: "gb18030" }],
  [0x2949, { g1: "shift_jis" }],
  [0x2d41, { g1: "latin1" }],
  [0x2d42, { g1: "iso-8859-2" }],
  [0x2d43, { g1: "iso-8859-3" }],
  [0x2d44, { g1: "iso-8859-4" }],
  [0x2d4c, { g1: "iso-8859-5" }],
  [0x2d47, { g1: "iso-8859-6" }],
  [0x2d46, { g1: "iso-8859-7" }],
  [0x2d48, { g1: "iso-8859-8" }],
  [0x2d4d, { g1: "windows-1254" }],
  [0x2d54, { g1: "windows-874" }],
  [0x2d62, { g1: "iso-8859-15" }],
]);

/** Backslash, `^`, `=`, and controls end the effect of escape sequences (PS3.5 §6.1.2.5.3). */
const resets = (byte: number): boolean => byte === 0x5c || byte === 0x5e || byte === 0x3d || byte < 0x20;

/**
 * Text with escape sequences. `initial` holds at the start and after each delimiter; `fallback` decodes bytes of the right
 * half where nothing is designated, as writers that forget to repeat the sequence after a delimiter leave them.
 */
export function decodeIso2022(bytes: Uint8Array, initial: Designations, fallback: G1): string {
  let text = "";
  let state = initial;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === ESC) {
      const sequence = designatorAt(bytes, at + 1);
      state = { ...state, ...sequence.designates };
      at += 1 + sequence.length;
      continue;
    }
    const end = runEnd(bytes, at, state !== initial && state.g0 === "ascii");
    text += decodeRun(bytes.subarray(at, end), state, fallback);
    if (state.g0 === "ascii" && resets(bytes[end - 1] as number)) state = initial;
    at = end;
  }
  return text;
}

const none = { length: 0, designates: {} };

function designatorAt(
  bytes: Uint8Array,
  at: number,
): { readonly length: number; readonly designates: Partial<Designations> } {
  const two = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const short = designators.get(two);
  if (short) return { length: 2, designates: short };
  const long = designators.get((two << 8) | (bytes[at + 2] ?? 0));
  return long ? { length: 3, designates: long } : none;
}

/** A run goes to the next escape or, where delimiters undo what was designated, up to and with the next of those. */
function runEnd(bytes: Uint8Array, start: number, delimited: boolean): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== ESC) {
    at++;
    if (delimited && resets(bytes[at - 1] as number)) break;
  }
  return at;
}

function decodeRun(run: Uint8Array, state: Designations, fallback: G1): string {
  if (state.g0 === "ascii") return decodeLabel(state.g1 ?? fallback, run);
  // EUC-JP holds the same sets with the eighth bit set; JIS X 0212 behind a single shift.
  const euc: number[] = [];
  for (let at = 0; at < run.length; at++) {
    const byte = run[at] as number;
    const paired = byte > 0x20 && byte < 0x7f && at + 1 < run.length;
    if (!paired) euc.push(byte);
    else {
      if (state.g0 === "jis-x-0212") euc.push(0x8f);
      euc.push(byte | 0x80, (run[++at] as number) | 0x80);
    }
  }
  return decodeLabel("euc-jp", Uint8Array.from(euc));
}
