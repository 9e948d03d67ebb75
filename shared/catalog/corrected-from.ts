/**
 * What a corrected copy was made of, by its SHA-256; `from`: what that was made of in its turn, where it was a copy itself. The
 * last one is what the hospital sent.
 */
export type CorrectedFrom<Also = unknown> = Also & {
  readonly sha256: string;
  readonly from?: CorrectedFrom<Also>;
};

/** Nearest first: the last one came from the hospital. None of what is no copy. */
export function originsOf<Also>(from: CorrectedFrom<Also> | undefined): readonly CorrectedFrom<Also>[] {
  return from ? [from, ...originsOf(from.from)] : [];
}
