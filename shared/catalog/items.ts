/** Shapes of the catalog's items, as read back from the table. docs/data-layout.md is their page for people. */
import type { ItemType } from "../contract/events.ts";
import type { Geometry } from "../dicom/geometry.ts";
import type { Priority } from "../object-keys.ts";
import type { Item } from "../ports.ts";
import type { Checked } from "../quality/check-header.ts";
import type { Quality } from "../quality/score.ts";
import type { SourceType } from "../sources/recognise.ts";
import type { ArchivedOrigin, Release, Superseded } from "./desk-items.ts";
import type { HospitalKey, InstanceKey, SeriesKey, StudyKey } from "./keys.ts";

/** PS3.18 Annex F: attributes by tag, as eight hexadecimal digits. */
export type DicomJson = Readonly<
  Record<
    string,
    {
      readonly vr: string;
      readonly Value?: readonly unknown[];
      readonly BulkDataURI?: string;
      readonly InlineBinary?: string;
    }
  >
>;

type Typed<T extends ItemType> = Item & { readonly type: T };

export type EncounterClass = "outpatient" | "inpatient" | "unknown";
export const tiers = ["village", "township", "county", "city", "province"] as const;
export type Tier = (typeof tiers)[number];

export interface HospitalItem extends Typed<"hospital">, HospitalKey {
  readonly name: string;
  readonly tier: Tier;
  /** Group of hospitals that share a KMS key. */
  readonly keyGroup: string;
  readonly keyArn: string;
  readonly createdAt: string;
}

/** What a study is shown and found by: the text of the instance that described it. */
export interface StudyText {
  /** Study-level attributes for QIDO-RS. */
  readonly attributes: DicomJson;
  readonly patientId?: string;
  readonly studyDate?: string;
  /** What the patient's name is found by, as made when its text was last read; its search items are these. */
  readonly nameKeys?: readonly string[];
}

/** First writer wins; roll-ups add the counted attributes later. */
export interface StudyItem extends Typed<"study">, StudyKey, StudyText {
  /** Where its text is from; absent on items older than this. */
  readonly describedBy?: { readonly seriesUid: string; readonly sopUid: string };
  /** The character set a person chose for its text. `by`: the principal's id. */
  readonly characterSet?: { readonly choice: string; readonly by: string; readonly at: string };
  /** How often its text was set anew: a character set chosen, or other bytes put in the place of those it is from. */
  readonly textRevision?: number;
  /** Its text as last set, until the table's stream has made it findable. */
  readonly pendingText?: StudyText;
  readonly keyArn: string;
  readonly createdAt: string;
  /** Rolled up from the counters by the table's stream; a reader that needs the exact number sums the counters. */
  readonly instances?: number;
  readonly seriesCount?: number;
  readonly modalities?: readonly string[];
  readonly lastIndexedAt?: string;
  readonly completedAt?: string;
  /** Instances there were when the study was last found complete: more since then means it is open again. */
  readonly completedInstances?: number;
  readonly completedBecause?: "manifest" | "quiet";
  readonly retainUntil: string;
  /** Nothing of the study may be deleted while this is here, however old. `by`: the principal's id. */
  readonly legalHold?: { readonly reason: string; readonly by: string; readonly at: string };
  /** Instances there were when the study was last examined for findings. */
  readonly examinedInstances?: number;
  /** The mark of that examination. */
  readonly quality?: Quality;
  /** When an examination was last asked for, other than by the study's completion. */
  readonly examineAskedAt?: string;
  /** Its search items are written. */
  readonly searchable?: boolean;
  /** The order it was made for, and how that was found. */
  readonly orderId?: string;
  readonly orderBy?: MatchedBy;
  readonly orderAt?: string;
  /** Somebody took it from an order: from then on only people match it. */
  readonly matchByHandOnly?: boolean;
  /** Shown under its order's patient. `original`: what the images say. `by`: the principal's id. */
  readonly correctedIdentity?: {
    readonly by: string;
    readonly at: string;
    readonly original: Pick<StudyItem, "attributes" | "patientId" | "nameKeys">;
  };
}

/** `source`: made from a photograph or document that was sent for the order. */
export type MatchedBy = "accession" | "patient" | "source" | "hand";

export interface SeriesItem extends Typed<"series">, SeriesKey {
  readonly attributes: DicomJson;
  readonly modality?: string;
  /** SOP Instance UID of the instance its attributes are of; absent on items older than this. */
  readonly describedBy?: string;
  readonly instances?: number;
  readonly createdAt: string;
  /** Its modality is in the search items. */
  readonly searchable?: boolean;
}

/** The photograph or document an instance was made from: SHA-256 of its bytes, lower-case hexadecimal. */
export interface InstanceSource {
  readonly sha256: string;
  readonly mediaType: SourceType;
}

/** `Checked` is absent on items older than the examination of headers. */
export interface InstanceItem extends Typed<"instance">, InstanceKey, Partial<Checked> {
  readonly attributes: DicomJson;
  /** Hex SHA-256 of the original bytes. */
  readonly sha256: string;
  readonly size: number;
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  readonly instanceNumber?: number;
  /** Terms declared, terms the text was read by, and whether the content chose them. Absent on items older than this. */
  readonly characterSet?: {
    readonly declared: readonly string[];
    readonly used: readonly string[];
    readonly corrected: boolean;
  };
  /** The study's revision whose character set its text is in; absent: none was chosen. */
  readonly textRevision?: number;
  /** Of single-frame slices; absent on items older than the examination for missing slices. */
  readonly geometry?: Geometry;
  /** KMS key the object and everything derived from it is written with. */
  readonly keyArn: string;
  readonly archiveVersionId?: string;
  readonly uploadId: string;
  readonly fileId: string;
  readonly priority: Priority;
  readonly source?: InstanceSource;
  readonly indexedAt: string;
  /** When it was indexed again from the archive: nobody is told of it as of a new one. */
  readonly restoredAt?: string;
  /** Set by derive: `ready`, `none` (no pixels), `pending:<transfer syntax uid>`, `unavailable:<reason>`; absent until then. */
  readonly thumbnail?: string;
  /** What the picture stored in place of a thumbnail shows (`shared/pixels/icon.ts`); absent where that is one. */
  readonly icon?: string;
  /** Frames stored one by one; 0 while pending. */
  readonly frames?: number;
  /** When derive last ran over it. */
  readonly derivedAt?: string;
  /** It is a corrected copy of these. */
  readonly correctedFrom?: ArchivedOrigin;
  /** Bytes the UID stood for before an admin let others take their place; still in the archive. Oldest first. */
  readonly superseded?: readonly Superseded[];
}

export type FileState = "awaiting" | "stored" | "indexed" | "duplicate" | "conflict" | "quarantined";

export interface UploadItem extends Typed<"upload">, HospitalKey {
  readonly uploadId: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly priority: Priority;
  readonly encounterClass: EncounterClass;
  readonly completedAt?: string;
  /** Files announced: grows in the transactions that add their items. */
  readonly fileCount: number;
  /** The next file's id; ids reserved by a request that died stay unused. */
  readonly nextFileId: number;
  /** When its studies were found complete: completed, every file final, and nothing left to follow from it. */
  readonly settledAt?: string;
  /** How often a file of it was taken out of quarantine or a conflict. */
  readonly releases?: number;
  /** When it was made again from what was kept aside: it knows only the files that were found there. */
  readonly restoredAt?: string;
  readonly expected?: readonly { readonly studyUid: string; readonly instances: number }[];
}

export interface UploadFileItem extends Typed<"upload-file">, HospitalKey {
  readonly uploadId: string;
  readonly fileId: string;
  /** The client's relative name; may hold a patient's name, so it is only ever shown to the uploading hospital. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly state: FileState;
  /** The order a photograph or document belongs to. */
  readonly orderId?: string;
  readonly multipartId?: string;
  readonly reason?: {
    readonly code: string;
    /** Byte of the file where the fault lies. */
    readonly offset?: number;
    /** Tag of the attribute concerned, such as `0020000D`. */
    readonly attribute?: string;
    readonly en: string;
    readonly zh: string;
  };
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly updatedAt: string;
  /** When it last went into quarantine: its bytes expire counted from then. */
  readonly quarantinedAt?: string;
  /** Quarantined under a key that cannot be used: its bytes lie where nothing ages. Absent on items older than this. */
  readonly stays?: boolean;
  /** When it was made again from what was kept aside; its name is lost. */
  readonly restoredAt?: string;
  readonly release?: Release;
  /** How often it was released, so that a late delivery of before is told apart. */
  readonly releases?: number;
  /** Somebody gave it up: it stays `quarantined`, its bytes go. */
  readonly discarded?: { readonly at: string; readonly by: string; readonly reason: string };
}

/** Access to one study beyond its own hospital, written by a consult, a share or an agreement. */
export interface StudyAccessItem extends Typed<"study-access">, StudyKey {
  readonly grantee: string;
  readonly because: string;
  readonly permissions: readonly ("view" | "report" | "download")[];
  /** Epoch seconds; also the table's TTL. */
  readonly expiresAt?: number;
}

export interface ConsultItem extends Typed<"consult">, StudyKey {
  readonly consultId: string;
  readonly toHospital: string;
  readonly priority: Priority;
  readonly question?: string;
  readonly status: "requested" | "answered";
  readonly createdBy: string;
  readonly createdAt: string;
  readonly answeredAt?: string;
  /** When the access it gave ends, UTC ISO-8601. Not named as the table's TTL: the consult itself stays. */
  readonly accessUntil: string;
}
