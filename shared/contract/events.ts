/** Domain events, published from the table's stream. A breaking change is a new version beside the old one. */

export interface Events {
  "InstanceIndexed.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly seriesUid: string;
    readonly sopUid: string;
    readonly sha256: string;
  };
  "StudyIndexed.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly instances: number;
    readonly series: number;
    readonly because: "manifest" | "quiet";
  };
  "ConflictFound.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly sopUid: string;
    readonly sha256: string;
  };
  "FileQuarantined.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly uploadId: string;
    readonly fileId: string;
    readonly reason: string;
  };
  /** Found for the first time, or changed. What it means: `findings.ts`. */
  "StudyFinding.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly source: string;
    readonly code: string;
    readonly severity: string;
    /** What it is about, such as a Series Instance UID; `-` for the study itself. */
    readonly of: string;
  };
  /** Looked at as it has arrived: at its completion, and whenever it was looked at again with another outcome. */
  "StudyExamined.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly instances: number;
    /** 0 to 100. */
    readonly score: number;
  };
  "ConsultCreated.v1": {
    readonly region: string;
    readonly from: string;
    readonly to: string;
    readonly consultId: string;
    readonly studyUid: string;
    readonly priority: string;
  };
  "OrderMatched.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly orderId: string;
    readonly studyUid: string;
    /** `accession`, `patient`, `source` or `hand`. */
    readonly by: string;
  };
  "ReportSigned.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly reportId: string;
    readonly version: number;
  };
  "ShareOpened.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly shareId: string;
  };
  "ShareRevoked.v1": {
    readonly region: string;
    readonly hospital: string;
    readonly studyUid: string;
    readonly shareId: string;
  };
}
export type EventType = keyof Events;

/** Every catalog item names what it is, so that the stream's reader need not parse keys. */
export const itemTypes = [
  "hospital",
  "key-group",
  "study",
  "series",
  "instance",
  "counter",
  "expectation",
  "conflict",
  "finding",
  "claim",
  "open-study",
  "upload",
  "upload-file",
  "upload-counter",
  "upload-list",
  "upload-request",
  "upload-study",
  "quarantined-file",
  "find",
  "report",
  "report-version",
  "report-pointer",
  "share",
  "share-access",
  "share-list",
  "share-token",
  "share-session",
  "consult",
  "consult-pointer",
  "worklist",
  "order",
  "order-pointer",
  "order-study",
  "order-use",
  "unmatched-study",
  "study-access",
  "idempotency",
  "audit",
] as const;
export type ItemType = (typeof itemTypes)[number];
