/**
 * What text bytes hold when the declaration cannot be believed: scanners in China write GBK (or UTF-8) and declare ISO_IR
 * 100, ISO_IR 6 or nothing. Latin names (Müller, José) must stay Latin: only what cannot reasonably be Latin is corrected.
 */

export type Guess =
  | "gb18030"
  | "utf-8"
  | "latin" /** Could be either: what the rest of the file is decides. */
  | "unsure";

/** Judges one value on its own. */
export function guessEncoding(bytes: Uint8Array): Guess {
  const chinese = weighChinese(bytes);
  const sure = chinese.hanzi + chinese.rare > 0 && chinese.latin === 0;
  if (holdsUtf8(bytes)) return holdsLongUtf8(bytes) ? "utf-8" : guessShortUtf8(bytes, chinese);
  if (sure) return "gb18030";
  return chinese.latin === 0 && chinese.unsure > 0 ? "unsure" : "latin";
}

/** 魏强 in GBK is two-byte UTF-8 as well; three-byte UTF-8 (all hanzi) is next to never also clean GBK. */
function guessShortUtf8(bytes: Uint8Array, { hanzi, rare, latin, unsure }: Weights): Guess {
  if (rare + latin > 0) return "utf-8";
  if (unsure === 0) return "gb18030";
  // José is written with U+00C0 to U+017F; a lone hanzi between letters decodes to something else.
  const european = /^[\p{ASCII}\u00a0-\u017f]*$/u.test(new TextDecoder().decode(bytes));
  if (european) return "utf-8";
  return hanzi > 0 ? "gb18030" : "unsure";
}

/** Valid UTF-8 with at least one character beyond ASCII; a cut last character is forgiven. */
export function holdsUtf8(bytes: Uint8Array): boolean {
  try {
    return /[^\p{ASCII}]/u.test(new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return false;
  }
}

const holdsLongUtf8 = (bytes: Uint8Array): boolean => bytes.some((byte) => byte >= 0xe0);

interface Weights {
  /** Pairs in the hanzi rows of GB 2312: most of what is written. */
  hanzi: number;
  /** Characters of GBK and GB18030 with bytes that are control characters in Latin-1. */
  rare: number;
  unsure: number;
  latin: number;
}

function weighChinese(bytes: Uint8Array): Weights {
  const weights: Weights = { hanzi: 0, rare: 0, unsure: 0, latin: 0 };
  for (let at = 0; at < bytes.length; ) {
    if ((bytes[at] as number) < 0x80) at++;
    else {
      const { kind, length } = weighCharacter(bytes, at);
      weights[kind]++;
      at += length;
    }
  }
  return weights;
}

interface Weighed {
  readonly kind: keyof Weights;
  readonly length: number;
}

function weighCharacter(bytes: Uint8Array, at: number): Weighed {
  const lead = bytes[at] as number;
  const trail = bytes[at + 1];
  // A lone last byte after another is a character cut by a length limit; after a letter it is an accent.
  if (trail === undefined) return { kind: (bytes[at - 1] ?? 0) >= 0x80 ? "unsure" : "latin", length: 1 };
  if (lead === 0x80 || lead === 0xff) return { kind: "latin", length: 1 };
  if (isFourBytes(bytes, at)) return { kind: "rare", length: 4 };
  if (trail < 0x80) return { kind: isLetter(trail) ? "unsure" : "latin", length: isLetter(trail) ? 2 : 1 };
  if (trail === 0x80 || trail === 0xff) return { kind: "latin", length: 2 };
  if (lead < 0xa1 || trail < 0xa0) return { kind: "rare", length: 2 };
  return { kind: weighHighPair(bytes, at, lead, trail), length: 2 };
}

/** Both bytes are letters or signs in Latin-1 too. */
function weighHighPair(bytes: Uint8Array, at: number, lead: number, trail: number): keyof Weights {
  if (lead < 0xb0) return lead <= 0xa9 ? "unsure" : "latin";
  if (lead > 0xf7 || trail === 0xa0 || (lead === 0xd7 && trail > 0xf9)) return "latin";
  // NÚÑEZ and Größe hold such pairs as well, between letters; 周 and 诊断 stand by themselves.
  const before = bytes[at - 1] ?? 0;
  const after = bytes[at + 2] ?? 0;
  const alone = before < 0x80 && after < 0x80;
  return alone && (isLetter(before) || isLetter(after)) ? "unsure" : "hanzi";
}

/** GB18030's four-byte characters: digits between high bytes. */
function isFourBytes(bytes: Uint8Array, at: number): boolean {
  const third = bytes[at + 2] ?? 0;
  return isDigit(bytes[at + 1] ?? 0) && third >= 0x81 && third <= 0xfe && isDigit(bytes[at + 3] ?? 0);
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
