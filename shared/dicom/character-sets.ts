/** Specific Character Set (PS3.3 §C.12.1.1.2, PS3.5 §6.1): from its defined terms to a decoder of text values. */
import { type Designations, decodeIso2022, type G1 } from "./iso-2022.ts";
import { decodeLabel } from "./text-decoders.ts";

export interface CharacterSet {
  /** Defined terms as the file declares them. */
  readonly declared: readonly string[];
  /** The terms text is decoded by. */
  readonly used: readonly string[];
  /**
   * How far the declaration is believed. `single-byte`: files declare nothing, ISO_IR 6 or ISO_IR 100 and hold GBK or UTF-8,
   * so the content decides. `utf-8`: only bytes that are no UTF-8 are looked at again.
   */
  readonly belief: "full" | "single-byte" | "utf-8";
  readonly decode: (bytes: Uint8Array) => string;
}

interface Term {
  /** Single-byte G1 set, or a whole encoding without code extensions. */
  readonly label: string;
  /** Designated into G1 (or, for IR 13, G1 beside an ASCII-like G0) when it is the first value. */
  readonly g1?: G1;
  readonly whole?: true;
  readonly g0?: "ascii";
}

/** By number; `ISO_IR n`, `ISO 2022 IR n`, and the spellings found in the field are the same here. */
const terms: Readonly<Record<string, Term>> = {
  "ISO IR 6": { label: "latin1", g0: "ascii" },
  "ISO IR 100": { label: "latin1", g1: "latin1" },
  "ISO IR 101": { label: "iso-8859-2", g1: "iso-8859-2" },
  "ISO IR 109": { label: "iso-8859-3", g1: "iso-8859-3" },
  "ISO IR 110": { label: "iso-8859-4", g1: "iso-8859-4" },
  "ISO IR 144": { label: "iso-8859-5", g1: "iso-8859-5" },
  "ISO IR 127": { label: "iso-8859-6", g1: "iso-8859-6" },
  "ISO IR 126": { label: "iso-8859-7", g1: "iso-8859-7" },
  "ISO IR 138": { label: "iso-8859-8", g1: "iso-8859-8" },
  "ISO IR 148": { label: "windows-1254", g1: "windows-1254" },
  "ISO IR 203": { label: "iso-8859-15", g1: "iso-8859-15" },
  "ISO IR 166": { label: "windows-874", g1: "windows-874" },
  "ISO IR 13": { label: "shift_jis", g1: "shift_jis" },
  "ISO IR 87": { label: "euc-jp" },
  "ISO IR 159": { label: "euc-jp" },
  "ISO IR 149": { label: "euc-kr", g1: "euc-kr" },
  "ISO IR 58": { label: "gb18030", g1: "gb18030" },
  "ISO IR 192": { label: "utf-8", whole: true },
  GB18030: { label: "gb18030", whole: true },
  GBK: { label: "gb18030", whole: true },
};

/** Not conformant, but seen, and clear in meaning. */
const nicknames: Readonly<Record<string, string>> = {
  GB2312: "GBK",
  "GB 18030": "GB18030",
  "UTF 8": "ISO IR 192",
  UTF8: "ISO IR 192",
  "ISO 8859 1": "ISO IR 100",
  LATIN1: "ISO IR 100",
};

const doubleByteG1: ReadonlySet<string> = new Set(["euc-kr", "gb18030"]);

function normalized(term: string): string {
  const spaced = term
    .toUpperCase()
    .replace(/[-_\s]+/g, " ")
    .trim();
  const known = nicknames[spaced] ?? spaced.replace(/^ISO 2022 IR /, "ISO IR ");
  return known === "" ? "ISO IR 6" : known;
}

const cache = new Map<string, CharacterSet>();
const cacheLimit = 100;

/** Decoder for the values of (0008,0005). Unknown terms count as not declared. */
export function characterSetOf(declared: readonly string[]): CharacterSet {
  const key = declared.join("\\");
  const found = cache.get(key) ?? build(declared);
  if (cache.size < cacheLimit) cache.set(key, found);
  return found;
}

/** As declared or assigned by a person: the content is not asked. */
export const trustedCharacterSet = (terms: readonly string[]): CharacterSet => ({
  ...characterSetOf(terms),
  belief: "full",
});

/** Whether a term names a character set, so that text can be assigned to it. */
export const isCharacterSetTerm = (term: string): boolean => Object.hasOwn(terms, normalized(term));

function build(declared: readonly string[]): CharacterSet {
  const names = declared.map(normalized).filter((name) => Object.hasOwn(terms, name));
  const first = terms[names[0] ?? "ISO IR 6"] as Term;
  const used = names.length === 0 ? ["ISO_IR 6"] : names.map(definedTerm);
  // PS3.5 §6.1.2.3: without code extensions there is one value; a whole encoding has no escape sequences.
  if (first.whole)
    return {
      declared,
      used: used.slice(0, 1),
      belief: first.label === "utf-8" ? "utf-8" : "full",
      decode: (bytes) => decodeLabel(first.label, bytes),
    };
  const extensions = names.slice(1).map((name) => terms[name] as Term);
  const initial: Designations = { g0: "ascii", g1: first.g1 };
  const fallback = [first, ...extensions].map((term) => term.g1).find((g1) => g1 && doubleByteG1.has(g1));
  return {
    declared,
    used,
    belief: first.label === "latin1" && extensions.length === 0 ? "single-byte" : "full",
    decode: (bytes) => decodeIso2022(bytes, initial, fallback ?? first.g1 ?? "latin1"),
  };
}

const definedTerm = (name: string): string => name.replace(/^ISO IR /, "ISO_IR ");
