/**
 * What becomes of text the reader must decode: names and phrases by the ten thousand, written in one character set and
 * declared as another (or rightly), each alone in a file of its own.
 */
import { encodeGb18030 } from "../../shared/dicom/gb18030-encode.ts";
import { textOf } from "../../shared/dicom/json-model.ts";
import { formatPersonName, personNameOf } from "../../shared/dicom/person-name.ts";
import { readHeader } from "../../shared/dicom/read.ts";
import { type WriteElement, writePart10 } from "../../shared/dicom/write.ts";
import { chineseNames, chinesePhrases, latin1Names, latin1Phrases } from "./generated-names.ts";
import { encodeIn } from "./other-character-sets.ts";
import { rightlyDeclared } from "./other-names.ts";
import { attributesOf, referenceOf } from "./reference-attributes.ts";
import { realFiles } from "./reference-files.ts";

export interface Figure {
  readonly of: string;
  readonly declared: string;
  readonly texts: number;
  /** Read exactly as it was meant. */
  readonly right: number;
  /** The reader decoded something else than the declaration says. */
  readonly corrected: number;
  /** A few that were read wrong, for a person to look at. */
  readonly wrong: readonly string[];
}

interface Case {
  readonly of: string;
  readonly declared: string;
  readonly kind: "name" | "phrase";
  readonly texts: readonly string[];
  readonly encode: (text: string) => Uint8Array;
}

/** Declarations that are not believed where the content says otherwise. */
const doubtful = ["", "ISO_IR 6", "ISO_IR 100"];
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function measureCharacterSets(count: number, seed = 1): readonly Figure[] {
  return casesOf(count, seed).map(measure);
}

function casesOf(count: number, seed: number): readonly Case[] {
  const chinese = chineseNames(count, seed);
  const phrases = chinesePhrases(Math.ceil(count / 4), seed + 1);
  const latin = latin1Names(count, seed + 2);
  const latinPhrases = latin1Phrases(Math.ceil(count / 4), seed + 3);
  const inLatin1 = encodeIn("latin1");
  const wrongly = doubtful.flatMap((declared): readonly Case[] => [
    { of: "Chinese names in GBK", declared, kind: "name", texts: chinese, encode: encodeGb18030 },
    { of: "Chinese names in UTF-8", declared, kind: "name", texts: chinese, encode: utf8 },
    { of: "Chinese phrases in GBK", declared, kind: "phrase", texts: phrases, encode: encodeGb18030 },
    { of: "European names in Latin-1", declared, kind: "name", texts: latin, encode: inLatin1 },
    { of: "European phrases in Latin-1", declared, kind: "phrase", texts: latinPhrases, encode: inLatin1 },
    { of: "European names in UTF-8", declared, kind: "name", texts: latin, encode: utf8 },
  ]);
  const gbkAsUtf8: Case = {
    of: "Chinese names in GBK",
    declared: "ISO_IR 192",
    kind: "name",
    texts: chinese,
    encode: encodeGb18030,
  };
  return [...wrongly, gbkAsUtf8, ...rightlyDeclared(count, seed + 4)];
}

function measure({ of, declared, kind, texts, encode }: Case): Figure {
  let [right, corrected] = [0, 0];
  const wrong: string[] = [];
  for (const text of texts) {
    const read = readAlone(declared, kind, encode(text));
    if (read.corrected) corrected++;
    if (read.text === text) right++;
    else if (wrong.length < 8) wrong.push(`${text} → ${read.text}`);
  }
  return { of, declared, texts: texts.length, right, corrected, wrong };
}

const identity: readonly WriteElement[] = ["00080016", "00080018", "0020000D", "0020000E"].map((tag) => ({
  tag,
  vr: "UI",
  value: "1.2.3",
}));

function readAlone(declared: string, kind: Case["kind"], value: Uint8Array) {
  const element: WriteElement =
    kind === "name" ? { tag: "00100010", vr: "PN", value } : { tag: "00081030", vr: "LO", value };
  const bytes = writePart10([...identity, { tag: "00080005", vr: "CS", value: declared }, element]);
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file was given");
  const { dataset, characterSet } = header;
  const name = personNameOf(dataset, "00100010");
  return {
    text: kind === "name" ? formatPersonName(name ?? {}) : (textOf(dataset, "00081030") ?? ""),
    corrected: characterSet.corrected !== undefined,
  };
}

/** Of the texts that are not what they are declared to be, how many were found; of those found, how many were. */
export function precisionAndRecall(figures: readonly Figure[]) {
  const doubted = figures.filter(({ declared }) => doubtful.includes(declared));
  const sum = (which: readonly Figure[], value: (figure: Figure) => number): number =>
    which.reduce((total, figure) => total + value(figure), 0);
  const lies = doubted.filter(({ of }) => !of.endsWith("Latin-1"));
  const found = sum(lies, ({ right }) => right);
  const corrections = sum(doubted, ({ corrected }) => corrected);
  return { recall: found / sum(lies, ({ texts }) => texts), precision: found / corrections };
}

/** The real files whose name is beyond ASCII; undefined where this machine has none. */
export function measureRealFiles() {
  const named = realFiles()?.filter(
    ({ expected, patientName }) => expected !== "reject" && /[^\p{ASCII}]/u.test(patientName ?? ""),
  );
  if (!named) return undefined;
  let [right, corrected] = [0, 0];
  for (const file of named) {
    const header = readHeader(file.bytes(), { totalSize: file.size });
    if ("needBytes" in header) throw new Error("The whole file was given");
    if (header.characterSet.corrected) corrected++;
    if (attributesOf(header.dataset).patientName === referenceOf(file).patientName) right++;
  }
  return { files: named.length, right, corrected };
}
