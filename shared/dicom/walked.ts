/** What comes of walking a data set. */
import type { CharacterSet } from "./character-sets.ts";
import type { MoreBytes } from "./element-cursor.ts";
import type { Dataset } from "./json-model.ts";
import type { PixelData } from "./pixel-data.ts";
import type { DicomRejected } from "./rejected.ts";
import type { Suspect } from "./values.ts";

export interface Walked {
  readonly dataset: Dataset;
  readonly pixelData: PixelData | undefined;
  readonly characterSet: CharacterSet;
  readonly suspects: readonly Suspect[];
  /** Text went through a decoder: the JSON holds more than ASCII. */
  readonly decoded: boolean;
  /** First byte of each element of the data set itself (not of its items), by tag. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** What a walk that came to a fault had read until then. */
export interface Interrupted extends Walked {
  readonly error: DicomRejected | MoreBytes;
}

/** Defined terms to decode under instead of those the file declares for itself. */
export type Assigned = readonly string[] | undefined;
