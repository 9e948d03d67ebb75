/**
 * Keys of the catalog table. This layout is a one-way door: docs/data-layout.md describes it, and it changes only with a
 * decision. Every key of a patient's data starts with home region and hospital, so a store narrowed to one hospital cannot
 * name another's items.
 */
import type { Key } from "../ports.ts";

export interface HospitalKey {
  readonly region: string;
  readonly hospital: string;
}
export interface StudyKey extends HospitalKey {
  readonly studyUid: string;
}
export interface SeriesKey extends StudyKey {
  readonly seriesUid: string;
}
export interface InstanceKey extends SeriesKey {
  readonly sopUid: string;
}

/** Counter items a study, each series and each upload is spread over, so that parallel writers do not collide. */
export const counterShards = 16;
/** Partitions the studies still receiving are spread over: every batch of the stream writes there. */
export const openShards = 16;
/** File ids are decimal; in keys they all have this many digits, so that key order is the order announced. */
const fileIdDigits = 6;

const tenant = ({ region, hospital }: HospitalKey): string => `${region}#${hospital}`;
/** Partition of a study: the study item, its series, instances, counters, conflicts, expectations and report pointers. */
export const studyPartition = (key: StudyKey): string => `STUDY#${tenant(key)}#${key.studyUid}`;

export const keys = {
  hospital: (key: HospitalKey): Key => ({ pk: `NETWORK#${key.region}`, sk: `HOSPITAL#${key.hospital}` }),
  keyGroup: (region: string, group: string): Key => ({ pk: `NETWORK#${region}`, sk: `KEYGROUP#${group}` }),

  study: (key: StudyKey): Key => ({ pk: studyPartition(key), sk: "STUDY" }),
  series: (key: SeriesKey): Key => ({ pk: studyPartition(key), sk: `SERIES#${key.seriesUid}` }),
  /** `I#` sorts apart from SERIES so that one query reads the instances of a series, or of the study. */
  instance: (key: InstanceKey): Key => ({
    pk: studyPartition(key),
    sk: `INSTANCE#${key.seriesUid}#${key.sopUid}`,
  }),
  studyCounter: (key: StudyKey, shard: number): Key => ({
    pk: studyPartition(key),
    sk: `COUNT#STUDY#${shardName(shard)}`,
  }),
  seriesCounter: (key: SeriesKey, shard: number): Key => ({
    pk: studyPartition(key),
    sk: `COUNT#SERIES#${key.seriesUid}#${shardName(shard)}`,
  }),
  /** What an upload announced it would send of this study. */
  expectation: (key: StudyKey, uploadId: string): Key => ({
    pk: studyPartition(key),
    sk: `EXPECT#${uploadId}`,
  }),
  conflict: (key: StudyKey, sopUid: string, sha256: string): Key => ({
    pk: studyPartition(key),
    sk: `CONFLICT#${sopUid}#${sha256}`,
  }),
  /** `of`: what it is about, such as a Series Instance UID; `-` for the study itself. */
  finding: (key: StudyKey, source: string, code: string, of: string): Key => ({
    pk: studyPartition(key),
    sk: `FINDING#${source}#${code}#${of}`,
  }),
  reportPointer: (key: StudyKey, reportId: string): Key => ({
    pk: studyPartition(key),
    sk: `REPORT#${reportId}`,
  }),

  /** One per SOP Instance UID and hospital: who may write the archive object, and with which bytes. */
  claim: (key: HospitalKey, sopUid: string): Key => ({ pk: `CLAIM#${tenant(key)}#${sopUid}`, sk: "CLAIM" }),
  /** Studies that still receive instances: read by the quiet-period job. The shard is chosen by the study. */
  open: (key: StudyKey, shard: number): Key => ({
    pk: openPartition(key.region, shard),
    sk: `${key.hospital}#${key.studyUid}`,
  }),

  upload: (key: HospitalKey, uploadId: string): Key => ({ pk: uploadPartition(key, uploadId), sk: "UPLOAD" }),
  uploadFile: (key: HospitalKey, uploadId: string, fileId: string): Key => ({
    pk: uploadPartition(key, uploadId),
    sk: `FILE#${fileId.padStart(fileIdDigits, "0")}`,
  }),
  /** How many of an upload's files are in which state; the shard is chosen by the file. */
  uploadCounter: (key: HospitalKey, uploadId: string, shard: number): Key => ({
    pk: uploadPartition(key, uploadId),
    sk: `COUNT#${shardName(shard)}`,
  }),
  /** Which file ids a request to add files was given, so that its repetition gets the same. */
  uploadRequest: (key: HospitalKey, uploadId: string, requestId: string): Key => ({
    pk: uploadPartition(key, uploadId),
    sk: `REQUEST#${requestId}`,
  }),
  /** A study that files of the upload belong to. */
  uploadStudy: (key: HospitalKey, uploadId: string, studyUid: string): Key => ({
    pk: uploadPartition(key, uploadId),
    sk: `STUDY#${studyUid}`,
  }),
  uploadList: (key: HospitalKey, uploadId: string): Key => ({ pk: `UPLOADS#${tenant(key)}`, sk: uploadId }),
  /** A file that waits in quarantine, so that the hospital's desk finds it without reading every upload. */
  quarantined: (key: HospitalKey, uploadId: string, fileId: string): Key => ({
    pk: quarantinePartition(key),
    sk: `${uploadId}#${fileId.padStart(fileIdDigits, "0")}`,
  }),

  report: (reportId: string): Key => ({ pk: `REPORT#${reportId}`, sk: "REPORT" }),
  reportVersion: (reportId: string, version: number): Key => ({
    pk: `REPORT#${reportId}`,
    sk: `VERSION#${String(version).padStart(6, "0")}`,
  }),

  share: (shareId: string): Key => ({ pk: `SHARE#${shareId}`, sk: "SHARE" }),
  shareAccess: (shareId: string, at: string, accessId: string): Key => ({
    pk: `SHARE#${shareId}`,
    sk: `ACCESS#${at}#${accessId}`,
  }),
  shareList: (key: HospitalKey, shareId: string): Key => ({ pk: shareListPartition(key), sk: shareId }),
  /** `hash`: hex SHA-256 of the link's token; the token itself is never stored. */
  shareToken: (hash: string): Key => ({ pk: `SHARETOKEN#${hash}`, sk: "SHARETOKEN" }),
  /** `hash`: hex SHA-256 of the short-lived access token that opening a link gives. */
  shareSession: (hash: string): Key => ({ pk: `SHARESESSION#${hash}`, sk: "SHARESESSION" }),

  order: (key: HospitalKey, orderId: string): Key => ({ pk: orderPartition(key, orderId), sk: "ORDER" }),
  /** A study the order was matched to. */
  orderStudy: (key: StudyKey, orderId: string): Key => ({
    pk: orderPartition(key, orderId),
    sk: `STUDY#${key.studyUid}`,
  }),
  /** When the hospital last placed an order: a hospital that places none has no unmatched studies. */
  orderUse: (key: HospitalKey): Key => ({ pk: `ORDERS#${tenant(key)}`, sk: "LATEST" }),
  /** A study without an order; `seenAt`: when it was first seen. */
  unmatchedStudy: (key: StudyKey, seenAt: string): Key => ({
    pk: unmatchedPartition(key),
    sk: `${seenAt}#${key.studyUid}`,
  }),

  consult: (consultId: string): Key => ({ pk: `CONSULT#${consultId}`, sk: "CONSULT" }),
  /** A consult as the receiving hospital's worklist shows it. */
  worklist: (to: HospitalKey, priority: "routine" | "stat", consultId: string): Key => ({
    pk: worklistPartition(to),
    sk: `OPEN#${priority === "stat" ? 0 : 1}#${consultId}`,
  }),
  /** Where a consult's worklist item moves once it is answered, so that the open ones stay a short list. */
  worklistDone: (to: HospitalKey, consultId: string): Key => ({
    pk: worklistPartition(to),
    sk: `DONE#${consultId}`,
  }),
  /** In the study's partition: who was asked, so that signing finds the consults it answers. */
  consultPointer: (key: StudyKey, toHospital: string, consultId: string): Key => ({
    pk: studyPartition(key),
    sk: `CONSULT#${toHospital}#${consultId}`,
  }),
  /** Access beyond the own hospital. `grantee`: `hospital-<id>`, `consult-<id>` or `share-<id>`. */
  studyAccess: (grantee: string, key: StudyKey): Key => ({
    pk: `ACCESS#${grantee}`,
    sk: `STUDY#${key.studyUid}#${tenant(key)}`,
  }),

  /** `principal` is hashed into the key by the caller; `key` is the client's Idempotency-Key. */
  idempotency: (principal: string, key: string): Key => ({ pk: `IDEMPOTENCY#${principal}`, sk: key }),

  /** `day`: YYYY-MM-DD; `shard`: two digits; `id`: a ULID. Lives in the audit table. */
  audit: (key: HospitalKey, day: string, shard: number, id: string): Key => ({
    pk: `AUDIT#${tenant(key)}#${day}#${shardName(shard)}`,
    sk: id,
  }),
} as const;

/** Prefixes for queries within a study's partition. */
export const prefixes = {
  series: "SERIES#",
  instances: (seriesUid?: string): string =>
    seriesUid === undefined ? "INSTANCE#" : `INSTANCE#${seriesUid}#`,
  studyCounters: "COUNT#STUDY#",
  seriesCounters: (seriesUid: string): string => `COUNT#SERIES#${seriesUid}#`,
  expectations: "EXPECT#",
  conflicts: "CONFLICT#",
  findings: "FINDING#",
  findingsOf: (source: string): string => `FINDING#${source}#`,
  reports: "REPORT#",
  versions: "VERSION#",
  accesses: "ACCESS#",
  orderStudies: "STUDY#",
  consults: (toHospital: string): string => `CONSULT#${toHospital}#`,
  files: "FILE#",
  uploadCounters: "COUNT#",
  uploadStudies: "STUDY#",
} as const;

export function uploadPartition(key: HospitalKey, uploadId: string): string {
  return `UPLOAD#${tenant(key)}#${uploadId}`;
}

/** Everything of a hospital that waits in quarantine, oldest upload first. */
export const quarantinePartition = (key: HospitalKey): string => `QUARANTINE#${tenant(key)}`;

export const openPartition = (region: string, shard: number): string => `OPEN#${region}#${shardName(shard)}`;

/** A hospital's worklist: open consults (stat first, then oldest first), then answered ones. */
export function worklistPartition(to: HospitalKey): string {
  return `WORKLIST#${tenant(to)}`;
}
export function shareListPartition(key: HospitalKey): string {
  return `SHARES#${tenant(key)}`;
}

export function orderPartition(key: HospitalKey, orderId: string): string {
  return `ORDER#${tenant(key)}#${orderId}`;
}
export const unmatchedPartition = (key: HospitalKey): string => `ORDERS#${tenant(key)}#UNMATCHED`;

/** Partitions in which orders are found: each item points at one order (`orderId`). */
export const orderPartitions = {
  /** Sort key: `<order>`. */
  status: (key: HospitalKey, status: string): string => `ORDERS#${tenant(key)}#STATUS#${status}`,
  /** Sort key: `<order>`. */
  accession: (key: HospitalKey, accession: string): string => `ORDERS#${tenant(key)}#ACCESSION#${accession}`,
  /** Sort key: `<YYYYMMDD of the order>#<order>`. */
  patientId: (key: HospitalKey, patientId: string): string => `ORDERS#${tenant(key)}#PATIENT#${patientId}`,
} as const;

/** Search partitions: each item points at one study (`studyUid`), the sort key orders newest last by date. */
export const searchPartitions = {
  /** The months in which the hospital has studies (sort key: YYYYMM, `000000` for undated ones), so a search visits no empty month. */
  months: (key: HospitalKey): string => `FIND#${tenant(key)}#MONTHS`,
  /** All studies of a hospital by month. Sort key: `<StudyDate><StudyTime>#<study>`. */
  month: (key: HospitalKey, yyyymm: string): string => `FIND#${tenant(key)}#MONTH#${yyyymm}`,
  modalityMonth: (key: HospitalKey, modality: string, yyyymm: string): string =>
    `FIND#${tenant(key)}#MODALITY#${modality}#${yyyymm}`,
  patientId: (key: HospitalKey, patientId: string): string => `FIND#${tenant(key)}#PATIENT#${patientId}`,
  accession: (key: HospitalKey, accession: string): string => `FIND#${tenant(key)}#ACCESSION#${accession}`,
  /** Name keys share a partition by first character. Sort key: `<name key>#<StudyDate>#<study>`. */
  name: (key: HospitalKey, firstCharacter: string): string => `FIND#${tenant(key)}#NAME#${firstCharacter}`,
} as const;

const shardName = (shard: number): string => String(shard).padStart(2, "0");
