/** What PS3.5 §6.2 says of each value representation, as far as reading and writing need it. */

/** How the bytes become a JSON value (PS3.18 §F.2.3). */
export type ValueKind =
  | "text"
  | "words"
  | "name"
  | "uid"
  | "decimal"
  | "numbers"
  | "tags"
  | "binary"
  | "items";

interface ValueRepresentation {
  /** `words` are backslash-separated, `text` is one value whatever it holds. */
  readonly kind: ValueKind;
  /** PS3.5 §7.1.2: two reserved bytes and a 32-bit length in explicit VR. */
  readonly long?: true;
  /** Encoded in the Specific Character Set (PS3.5 §6.1.2.3). */
  readonly localized?: true;
  /** Bytes of one number. */
  readonly size?: 1 | 2 | 4 | 8;
}

export const valueRepresentations = {
  AE: { kind: "words" },
  AS: { kind: "words" },
  AT: { kind: "tags", size: 4 },
  CS: { kind: "words" },
  DA: { kind: "words" },
  DS: { kind: "decimal" },
  DT: { kind: "words" },
  FD: { kind: "numbers", size: 8 },
  FL: { kind: "numbers", size: 4 },
  IS: { kind: "decimal" },
  LO: { kind: "words", localized: true },
  LT: { kind: "text", localized: true },
  OB: { kind: "binary", long: true },
  OD: { kind: "binary", long: true, size: 8 },
  OF: { kind: "binary", long: true, size: 4 },
  OL: { kind: "binary", long: true, size: 4 },
  OV: { kind: "binary", long: true, size: 8 },
  OW: { kind: "binary", long: true, size: 2 },
  PN: { kind: "name", localized: true },
  SH: { kind: "words", localized: true },
  SL: { kind: "numbers", size: 4 },
  SQ: { kind: "items", long: true },
  SS: { kind: "numbers", size: 2 },
  ST: { kind: "text", localized: true },
  SV: { kind: "numbers", long: true, size: 8 },
  TM: { kind: "words" },
  UC: { kind: "words", long: true, localized: true },
  UI: { kind: "uid" },
  UL: { kind: "numbers", size: 4 },
  UN: { kind: "binary", long: true },
  UR: { kind: "text", long: true },
  US: { kind: "numbers", size: 2 },
  UT: { kind: "text", long: true, localized: true },
  UV: { kind: "numbers", long: true, size: 8 },
} as const satisfies Record<string, ValueRepresentation>;

export type Vr = keyof typeof valueRepresentations;

/** The same table for reading, where a VR is one of many. */
export const representationOf = (vr: Vr): ValueRepresentation => valueRepresentations[vr];

export const isVr = (text: string): text is Vr => Object.hasOwn(valueRepresentations, text);
