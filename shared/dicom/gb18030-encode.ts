/** The encoder platforms do not have: their decoder, turned around (GB 18030; PS3.5 Annex J). */

const twoBytes = { leads: [0x81, 0xfe], trails: [0x40, 0xfe] } as const;
let table: Map<string, readonly number[]> | undefined;

/** Text as GB18030 bytes. Every Unicode scalar value has an encoding; lone surrogates become `?`. */
export function encodeGb18030(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code >= 0x10000) bytes.push(...fourBytes(code - 0x10000 + 189_000));
    else {
      table ??= invertDecoder();
      bytes.push(...(table.get(character) ?? [0x3f]));
    }
  }
  return Uint8Array.from(bytes);
}

function fourBytes(pointer: number): readonly number[] {
  return [
    0x81 + Math.floor(pointer / 12_600),
    0x30 + (Math.floor(pointer / 1_260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}

function invertDecoder(): Map<string, readonly number[]> {
  const decoder = new TextDecoder("gb18030");
  const inverted = new Map<string, readonly number[]>();
  const add = (bytes: readonly number[]): void => {
    const character = decoder.decode(Uint8Array.from(bytes));
    if (character !== "\ufffd" && character.length === 1 && !inverted.has(character))
      inverted.set(character, bytes);
  };
  for (let lead = twoBytes.leads[0]; lead <= twoBytes.leads[1]; lead++)
    for (let trail: number = twoBytes.trails[0]; trail <= twoBytes.trails[1]; trail++)
      if (trail !== 0x7f) add([lead, trail]);
  for (let pointer = 0; pointer < 39_420; pointer++) add(fourBytes(pointer));
  return inverted;
}
