/** Encoders the platform does not have: its decoders, turned around. For tests; values are those of PS3.5 §6.1. */
import { decodeLabel } from "../../shared/dicom/text-decoders.ts";

const encoders = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** Text in a single-byte set, or in the two-byte G1 of one of EUC-KR and EUC-JP. `label` as the reader names its decoders. */
export function encodeIn(label: string): (text: string) => Uint8Array {
  const table = encoders.get(label) ?? inverted(label);
  encoders.set(label, table);
  return (text) =>
    Uint8Array.from(
      [...text].flatMap((character) => {
        const bytes = character < "\u0080" ? [character.charCodeAt(0)] : table.get(character);
        if (!bytes) throw new Error(`${character} is not in ${label}`);
        return bytes;
      }),
    );
}

function inverted(label: string): ReadonlyMap<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const add = (...bytes: readonly number[]): void => {
    const character = decodeLabel(label, Uint8Array.from(bytes));
    if (!character.includes("\ufffd") && [...character].length === 1 && !table.has(character))
      table.set(character, bytes);
  };
  const high = Array.from({ length: 0x80 }, (_, index) => 0x80 + index);
  for (const byte of high) add(byte);
  if (label.startsWith("euc")) for (const lead of high) for (const trail of high) add(lead, trail);
  return table;
}

/** Each component behind the escape sequence that designates its set (PS3.5 Annexes H and I): `^` and `=` end its effect. */
export function withEscapes(
  label: string,
  sequence: readonly number[],
  left: boolean,
): (text: string) => Uint8Array {
  const encode = encodeIn(label);
  const back = left ? [0x1b, 0x28, 0x42] : [];
  return (text) =>
    Uint8Array.from(
      text.split(/([=^])/).flatMap((part) => {
        if (!/[^\p{ASCII}]/u.test(part)) return [...encode(part)];
        const bytes = [...encode(part)];
        return [...sequence, ...(left ? bytes.map((byte) => byte & 0x7f) : bytes), ...back];
      }),
    );
}
