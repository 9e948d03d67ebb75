/**
 * Keys of stored objects. A one-way door like the catalog's keys: docs/data-layout.md describes it.
 * UIDs are checked (`dicom/uid.ts`) before they get here, so no key can leave its prefix.
 */
import type { HospitalKey, InstanceKey, SeriesKey, StudyKey } from "./catalog/keys.ts";
import { isFileId, isHospitalId, isUlid } from "./contract/identifiers.ts";
import { isUid } from "./dicom/uid.ts";

export type Priority = "routine" | "stat";

/** A file of an upload, as the key of an object that is its own, or was made of it, names it. */
export interface FileKey {
  readonly hospital: string;
  readonly uploadId: string;
  readonly fileId: string;
}
export interface LandingKey extends FileKey {
  readonly priority: Priority;
}

const study = (key: StudyKey): string => `${key.region}/${key.hospital}/${key.studyUid}`;
const series = (key: SeriesKey): string => `${study(key)}/${key.seriesUid}`;
const instance = (key: InstanceKey): string => `${series(key)}/${key.sopUid}`;
const signedReports = (key: StudyKey): string => `report/${study(key)}/`;

export const objectKeys = {
  /** Priority comes first: it chooses the queue. */
  landing: (key: LandingKey): string => `${key.priority}/${key.hospital}/${key.uploadId}/${key.fileId}`,
  /**
   * What was made of the photograph or document landed under this key. No queue hears of it. `identity`: SHA-256 of what it
   * takes from its order, so that what was made for another order, or before a correction, is never found under it.
   */
  converted: ({ hospital, uploadId, fileId }: LandingKey, identity: string): string =>
    `converted/${hospital}/${uploadId}/${fileId}/${identity}.dcm`,
  /** The original, unchanged. The SHA-256 in the key makes a second copy of the same bytes the same object. */
  original: (key: InstanceKey, sha256: string): string => `${instance(key)}/${sha256}.dcm`,
  /** The photograph an object was made from, as it was sent. */
  source: (key: InstanceKey, sha256: string, extension: "jpg" | "png"): string =>
    `${instance(key)}/${sha256}.${extension}`,
  /** Everything derived from an original carries its SHA-256 too: a resolved conflict never serves stale pixels. */
  metadata: (key: InstanceKey, sha256: string): string => `${instance(key)}/${sha256}/metadata.json`,
  thumbnail: (key: InstanceKey, sha256: string): string => `${instance(key)}/${sha256}/thumbnail.jpg`,
  /** `frame` counts from 1, as in PS3.18. */
  frame: (key: InstanceKey, sha256: string, frame: number): string =>
    `${instance(key)}/${sha256}/frames/${frame}`,
  /** The original in a multipart envelope, for as long as clients ask for it. Its own prefix: by it the bucket expires it. */
  wrapped: (key: InstanceKey, sha256: string): string => `wrapped/${instance(key)}/${sha256}`,
  /** Several frames in one envelope. `list`: SHA-256 of their numbers. */
  wrappedFrames: (key: InstanceKey, sha256: string, list: string): string =>
    `wrapped/${instance(key)}/${sha256}/frames/${list}`,
  /** What a doctor signed, enveloped. Its own prefix: only the report function may write there. */
  signedReport: (key: StudyKey, reportId: string, version: number, sha256: string): string =>
    `${signedReports(key)}${reportId}/${version}/${sha256}.json.enc`,
  /** Prefix of everything signed about a study. */
  signedReports,
  /** Which character set people chose for the study's text. Its own prefix: only the stream's function writes there. */
  characterSet: (key: StudyKey): string => `characters/${study(key)}/choice.json`,
  quarantine: (key: HospitalKey, uploadId: string, fileId: string): string =>
    `quarantine/${key.region}/${key.hospital}/${uploadId}/${fileId}`,
  /** A corrected copy of a quarantined or conflicting file, until ingest has taken it in. */
  corrected: (key: HospitalKey, uploadId: string, fileId: string, sha256: string): string =>
    `corrected/${key.region}/${key.hospital}/${uploadId}/${fileId}/${sha256}.dcm`,
  /**
   * In the archive: bytes that a corrected copy was made of. `sha256` is the copy's, the file's name is theirs, so that the
   * archive alone says what was made of what; of a copy of a copy step by step, all under the instance it ended as.
   */
  uncorrected: (key: InstanceKey, sha256: string, madeOf: string): string =>
    `${uncorrected}${instance(key)}/${sha256}/${madeOf}.dcm`,
  conflict: (key: InstanceKey, sha256: string): string => `conflict/${instance(key)}/${sha256}.dcm`,
} as const;

/** Reads a landing key back; undefined when it is not one of ours. */
export function parseLandingKey(key: string): LandingKey | undefined {
  const [priority, ...rest] = key.split("/");
  if (rest.length !== 3 || (priority !== "routine" && priority !== "stat")) return undefined;
  const file = fileKey(...rest);
  return file && { priority, ...file };
}

/** An original, or other bytes kept beside it, as its key names it. */
export interface OriginalKey extends InstanceKey {
  readonly sha256: string;
}

const original = /^([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/([0-9a-f]{64})\.dcm$/;

/** Reads the key of an original back; undefined when it is not one. */
export function parseOriginalKey(key: string): OriginalKey | undefined {
  const [, region = "", hospital = "", studyUid = "", seriesUid = "", sopUid = "", sha256 = ""] =
    original.exec(key) ?? [];
  if (!isHospitalId(hospital) || ![studyUid, seriesUid, sopUid].every(isUid)) return undefined;
  return { region, hospital, studyUid, seriesUid, sopUid, sha256 };
}

const signedReport =
  /^report\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/([1-9]\d{0,5})\/([0-9a-f]{64})\.json\.enc$/;

/** Of which version of a report it is what was signed; undefined when it is no such key. */
export function parseSignedReportKey(key: string): SignedReportKey | undefined {
  const [, region = "", hospital = "", studyUid = "", reportId = "", version = "", sha256 = ""] =
    signedReport.exec(key) ?? [];
  if (!isHospitalId(hospital) || !isUid(studyUid) || !isUlid(reportId)) return undefined;
  return { region, hospital, studyUid, reportId, version: Number(version), sha256 };
}
export interface SignedReportKey extends StudyKey {
  readonly reportId: string;
  readonly version: number;
  readonly sha256: string;
}

const uncorrected = "uncorrected/";

/** Which copy of which instance was made of the bytes, and their own SHA-256; undefined when it is no such key. */
export function parseUncorrectedKey(key: string): (OriginalKey & { readonly madeOf: string }) | undefined {
  if (!key.startsWith(uncorrected)) return undefined;
  const [copy = "", madeOf = "", ...more] = key.slice(uncorrected.length).split(/\/(?=[0-9a-f]{64}\.dcm$)/);
  const parsed = parseOriginalKey(`${copy}.dcm`);
  if (more.length > 0 || !parsed || !/^[0-9a-f]{64}\.dcm$/.test(madeOf)) return undefined;
  return { ...parsed, madeOf: madeOf.slice(0, 64) };
}

/** Of what is archived: every such key ends in the SHA-256 of its bytes. */
export const sha256InKey = (key: string): string => /([0-9a-f]{64})\.\w+$/.exec(key)?.[1] ?? "";

const conflicts = "conflict/";

export const parseConflictKey = (key: string): OriginalKey | undefined =>
  key.startsWith(conflicts) ? parseOriginalKey(key.slice(conflicts.length)) : undefined;

export const parseQuarantineKey = (key: string): (HospitalKey & FileKey) | undefined =>
  parseAsideKey("quarantine", 3, key);

/** Whose corrected copy it is. */
export const parseCorrectedKey = (key: string): (HospitalKey & FileKey) | undefined =>
  parseAsideKey("corrected", 4, key);

function parseAsideKey(word: string, segments: number, key: string): (HospitalKey & FileKey) | undefined {
  const [first, region = "", ...rest] = key.split("/");
  const file = first === word && rest.length === segments ? fileKey(...rest) : undefined;
  return file && { region, ...file };
}

/** Of which file's photograph or document it was made; what comes after the file tells several apart. */
export function parseConvertedKey(key: string): FileKey | undefined {
  const [first, ...rest] = key.split("/");
  return first === "converted" ? fileKey(...rest) : undefined;
}

function fileKey(hospital = "", uploadId = "", fileId = ""): FileKey | undefined {
  if (!isHospitalId(hospital) || !isUlid(uploadId) || !isFileId(fileId)) return undefined;
  return { hospital, uploadId, fileId };
}

/** Prefixes that hold what a hospital, or one of its studies, has in a bucket. */
export const objectPrefixes = {
  originals: ({ region, hospital }: HospitalKey): string => `${region}/${hospital}/`,
  study: (key: StudyKey): string => `${study(key)}/`,
  uncorrected: (key: StudyKey): string => `${uncorrected}${study(key)}/`,
  allUncorrected: ({ region, hospital }: HospitalKey): string => `${uncorrected}${region}/${hospital}/`,
  converted: ({ hospital }: HospitalKey): string => `converted/${hospital}/`,
  corrected: ({ region, hospital }: HospitalKey): string => `corrected/${region}/${hospital}/`,
  landing: (priority: Priority, { hospital }: HospitalKey): string => `${priority}/${hospital}/`,
  quarantine: ({ region, hospital }: HospitalKey): string => `quarantine/${region}/${hospital}/`,
  conflicts: ({ region, hospital }: HospitalKey): string => `${conflicts}${region}/${hospital}/`,
} as const;
