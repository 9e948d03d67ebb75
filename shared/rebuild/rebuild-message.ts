/** What the rebuild queue carries: which objects of one study to index again. Identifiers only. */
import type { ArchivedOrigin } from "../catalog/desk-items.ts";
import type { StudyKey } from "../catalog/keys.ts";

/** The originals of one SOP Instance UID in a series; nearly always one. */
export interface RebuildInstance {
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly originals: readonly RebuildOriginal[];
}
export interface RebuildOriginal {
  readonly sha256: string;
  readonly versionId: string;
  /** The bytes it is a corrected copy of, locked beside it. */
  readonly correctedFrom?: ArchivedOrigin;
}

export interface RebuildOriginals extends StudyKey {
  readonly kind: "originals";
  /** The first of a study's messages also puts right what the table still holds of the study. */
  readonly repair: boolean;
  /** Archived first, of the study and of the series of `instances`: their attributes are the study's and the series'. */
  readonly firstOfStudy: RebuildInstance;
  readonly firstOfSeries: RebuildInstance;
  /** All of one series. */
  readonly instances: readonly RebuildInstance[];
}

/** Objects kept aside in the quarantine bucket, by their keys. */
export interface RebuildAside {
  readonly kind: "aside";
  readonly keys: readonly string[];
}

export type RebuildMessage = RebuildOriginals | RebuildAside;
