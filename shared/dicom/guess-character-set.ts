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
  // Short text is not cut by a length limit: what only ends like cut UTF-8 is GBK that happens to look so.
  const isGbk = sure && bytes.length < shortestCut && !isWholeUtf8(bytes);
  if (holdsUtf8(bytes) && !isGbk) return holdsLongUtf8(bytes) ? "utf-8" : guessShortUtf8(bytes, chinese);
  if (sure) return isLoneRareCharacter(bytes) ? "unsure" : "gb18030";
  return chinese.latin === 0 && chinese.unsure > 0 ? "unsure" : "latin";
}

/** ÜÖ, and nothing else; 苤 it is next to never. ÉÉ and 缮, of the everyday characters, cannot be told apart: it is 缮. */
function isLoneRareCharacter(bytes: Uint8Array): boolean {
  const high = bytes.filter((byte) => byte >= 0x80);
  const [lead = 0] = high;
  const alone = high.length === 2 && !bytes.some(isLetter);
  return alone && lead >= firstOfLevelTwo && high.every(isAccentedCapital);
}

/** The rows of GB 2312 with the characters that are not in everyday use. */
const firstOfLevelTwo = 0xd8;

/** SH, the shortest text, holds 16 characters. */
const shortestCut = 16;

/** 魏强 in GBK is two-byte UTF-8 as well; three-byte UTF-8 (all hanzi) is next to never also clean GBK. */
function guessShortUtf8(bytes: Uint8Array, { hanzi, rare, latin, unsure }: Weights): Guess {
  if (rare + latin > 0) return "utf-8";
  // José is written with U+00C0 to U+017F; a lone hanzi between letters decodes to something else.
  const text = new TextDecoder().decode(bytes);
  const european = /^[\p{ASCII}\u00a0-\u017f]*$/u.test(text);
  // 毛 is ë and stands by itself; Ibáñez and Conceição are words.
  if (european && !/(?<![A-Za-z]|[^\p{ASCII}])[^\p{ASCII}]+(?![A-Za-z]|[^\p{ASCII}])/u.test(text))
    return "utf-8";
  if (unsure === 0) return "gb18030";
  if (european) return "utf-8";
  return hanzi > 0 ? "gb18030" : "unsure";
}

/** Valid UTF-8 with at least one character beyond ASCII, all of them characters there are; a cut last one is forgiven. */
export function holdsUtf8(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return /[^\p{ASCII}]/u.test(text) && !/[\p{Cn}\p{Co}]/u.test(text);
  } catch {
    return false;
  }
}

function isWholeUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
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
  /** A character whose second byte is `^` or a backslash, or an accented letter before such a delimiter. */
  delimited: number;
  latin: number;
}

function weighChinese(bytes: Uint8Array): Weights {
  const weights: Weights = { hanzi: 0, rare: 0, unsure: 0, delimited: 0, latin: 0 };
  for (let at = 0; at < bytes.length; ) {
    if ((bytes[at] as number) < 0x80) at++;
    else {
      const { kind, length } = weighCharacter(bytes, at);
      weights[kind]++;
      at += length;
    }
  }
  // 平頫 beside José^: only what is Chinese without it can make it Chinese.
  if (weights.hanzi + weights.rare === 0) weights.latin += weights.delimited;
  return weights;
}

interface Weighed {
  readonly kind: keyof Weights;
  readonly length: number;
}

function weighCharacter(bytes: Uint8Array, at: number): Weighed {
  const lead = bytes[at] as number;
  const trail = bytes[at + 1];
  if (trail === undefined) return { kind: weighLastByte(bytes, at), length: 1 };
  if (lead === 0x80 || lead === 0xff) return { kind: "latin", length: 1 };
  if (isFourBytes(bytes, at)) return { kind: "rare", length: 4 };
  if (trail < 0x80) return weighLowTrail(trail);
  if (trail === 0x80 || trail === 0xff) return { kind: "latin", length: 2 };
  if (lead < 0xa1 || trail < 0xa0) return { kind: "rare", length: 2 };
  return { kind: weighHighPair(bytes, at, lead, trail), length: 2 };
}

/** After another it is a character cut by a length limit; after a letter an accent, and so is the Ü of ÄÖÜ, which nothing cut. */
function weighLastByte(bytes: Uint8Array, at: number): keyof Weights {
  if ((bytes[at - 1] ?? 0) < 0x80) return "latin";
  const { run } = runAround(bytes, at);
  const whole = bytes.length < shortestCut && run.length <= longestLatinRun;
  return whole && run.every(isAccentedLetter) ? "latin" : "unsure";
}

/** Second bytes of GBK reach down to `@`; below are digits and signs that follow any accent. */
function weighLowTrail(trail: number): Weighed {
  if (trail < 0x40 || trail === 0x7f) return { kind: "latin", length: 1 };
  return trail === 0x5c || trail === 0x5e ? { kind: "delimited", length: 2 } : { kind: "unsure", length: 2 };
}

/** Both bytes are letters or signs in Latin-1 too. */
function weighHighPair(bytes: Uint8Array, at: number, lead: number, trail: number): keyof Weights {
  if (lead < 0xb0) return lead <= 0xa9 ? "unsure" : "latin";
  if (lead > 0xf7 || trail === 0xa0 || (lead === 0xd7 && trail > 0xf9)) return "latin";
  const { run, before, after } = runAround(bytes, at);
  if (run.length > longestLatinRun) return "hanzi";
  // 37°±2 and 3×Ø5 hold such pairs as well, beside digits.
  if ((isDigit(before) || isDigit(after)) && run.every((byte) => signsOfMeasure.has(byte))) return "unsure";
  // NÚÑEZ, Größe and Sæþór too, between letters; 周 and 诊断 stand by themselves.
  const accents = run.length < longestLatinRun || run.every(isAccentedLetter);
  return accents && (isLetter(before) || isLetter(after)) ? "unsure" : "hanzi";
}

/** Accented letters that follow each other in European words. */
const longestLatinRun = 3;

const isAccentedLetter = (byte: number): boolean => byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7;

const isAccentedCapital = (byte: number): boolean => isAccentedLetter(byte) && byte < 0xdf;

/** ° ± ² ³ µ · ¼ ½ ¾ × Ø ø */
const signsOfMeasure: ReadonlySet<number> = new Set([
  0xb0, 0xb1, 0xb2, 0xb3, 0xb5, 0xb7, 0xbc, 0xbd, 0xbe, 0xd7, 0xd8, 0xf8,
]);

/** Bytes above ASCII that follow each other here, as many as decide, and what stands on both sides; 0 for nothing. */
function runAround(bytes: Uint8Array, at: number) {
  let [start, end] = [at, at];
  while (at - start <= longestLatinRun && (bytes[start - 1] ?? 0) >= 0x80) start--;
  while (end - at <= longestLatinRun && (bytes[end] ?? 0) >= 0x80) end++;
  return { run: bytes.subarray(start, end), before: bytes[start - 1] ?? 0, after: bytes[end] ?? 0 };
}

/** GB18030's four-byte characters: digits between high bytes. */
function isFourBytes(bytes: Uint8Array, at: number): boolean {
  const third = bytes[at + 2] ?? 0;
  return isDigit(bytes[at + 1] ?? 0) && third >= 0x81 && third <= 0xfe && isDigit(bytes[at + 3] ?? 0);
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
