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

/** What follows ESC, as hexadecimal. */
const designators: Readonly<Record<string, Partial<Designations>>> = {
  "2842": { g0: "ascii" },
  "284a": { g0: "ascii" },
  "2440": { g0: "jis-x-0208" },
  "2442": { g0: "jis-x-0208" },
  "242844": { g0: "jis-x-0212" },
  "242943": { g1: "euc-kr" },
  "242941": { g1: "gb18030" },
  "2949": { g1: "shift_jis" },
  "2d41": { g1: "latin1" },
  "2d42": { g1: "iso-8859-2" },
  "2d43": { g1: "iso-8859-3" },
  "2d44": { g1: "iso-8859-4" },
  "2d4c": { g1: "iso-8859-5" },
  "2d47": { g1: "iso-8859-6" },
  "2d46": { g1: "iso-8859-7" },
  "2d48": { g1: "iso-8859-8" },
  "2d4d": { g1: "windows-1254" },
  "2d54": { g1: "windows-874" },
  "2d62": { g1: "iso-8859-15" },
};

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
    const end = runEnd(bytes, at, state.g0);
    text += decodeRun(bytes.subarray(at, end), state, fallback);
    if (state.g0 === "ascii" && resets(bytes[end - 1] as number)) state = initial;
    at = end;
  }
  return text;
}

function designatorAt(
  bytes: Uint8Array,
  at: number,
): { readonly length: number; readonly designates: Partial<Designations> } {
  let hex = "";
  for (let length = 1; length <= 3; length++) {
    hex += (bytes[at + length - 1] ?? 0).toString(16).padStart(2, "0");
    const designates = designators[hex];
    if (designates) return { length, designates };
  }
  return { length: 0, designates: {} };
}

/** A run goes to the next escape, and, where bytes stand for themselves, up to and with the next delimiter. */
function runEnd(bytes: Uint8Array, start: number, g0: G0): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== ESC) {
    at++;
    if (g0 === "ascii" && resets(bytes[at - 1] as number)) break;
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
