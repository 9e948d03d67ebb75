/**
 * What a stored object says of itself beside its bytes, as S3 object metadata: identifiers only. The catalog can be made
 * again from the archive because of it (docs/decisions/what-an-original-says-of-itself.md). Objects from before it say
 * nothing; readers have defaults.
 */
import type { EncounterClass, InstanceSource } from "./catalog/items.ts";
import { isFileId, isUlid, sha256Pattern } from "./contract/identifiers.ts";
import type { Priority } from "./object-keys.ts";
import { sourceTypes } from "./sources/recognise.ts";

/** Whose copy it is: the file of an upload whose bytes were stored. */
export interface ObjectNote {
  readonly uploadId: string;
  readonly fileId: string;
  readonly encounterClass: EncounterClass;
  readonly priority: Priority;
  /** What the object was made from. */
  readonly source?: InstanceSource;
  /** Of a quarantined file: why it was set aside, and the byte where the reader stopped. */
  readonly reason?: { readonly code: string; readonly offset?: number };
}

const names = {
  uploadId: "mic-upload",
  fileId: "mic-file",
  encounterClass: "mic-encounter",
  priority: "mic-priority",
  source: "mic-source",
  sourceType: "mic-source-type",
  reason: "mic-reason",
  offset: "mic-offset",
} as const;

/**
 * Tag on an original that stands for its SOP Instance UID no more: other bytes do. Under Object Lock neither the object nor
 * its metadata can be changed, but its tags can.
 */
export const supersededTag = { "mic-state": "superseded" } as const;

export const isSuperseded = (tags: Readonly<Record<string, string>>): boolean =>
  tags["mic-state"] === supersededTag["mic-state"];

/**
 * Tag on a signed document that its report names. One without it is of a signing that got no further: a doctor who signs
 * again signs another document, and only one of them was ever shown.
 */
export const issuedTag = { "mic-state": "issued" } as const;

export const isIssued = (tags: Readonly<Record<string, string>>): boolean =>
  tags["mic-state"] === issuedTag["mic-state"];

export function metadataOf(note: ObjectNote): Readonly<Record<string, string>> {
  const { uploadId, fileId, encounterClass, priority, source, reason } = note;
  return {
    [names.uploadId]: uploadId,
    [names.fileId]: fileId,
    [names.encounterClass]: encounterClass,
    [names.priority]: priority,
    ...(source && { [names.source]: source.sha256, [names.sourceType]: source.mediaType }),
    ...(reason && { [names.reason]: reason.code }),
    ...(reason?.offset !== undefined && { [names.offset]: String(reason.offset) }),
  };
}

const encounterClasses: ReadonlySet<string> = new Set(["outpatient", "inpatient", "unknown"]);

/** What of a note is there and of its form: anybody who may write to a bucket may write anything beside an object. */
export function noteFrom(metadata: Readonly<Record<string, string>> = {}): Partial<ObjectNote> {
  const [upload, file] = [metadata[names.uploadId] ?? "", metadata[names.fileId] ?? ""];
  const [encounter, priority] = [metadata[names.encounterClass] ?? "", metadata[names.priority]];
  const [code, offset] = [metadata[names.reason] ?? "", Number(metadata[names.offset] ?? Number.NaN)];
  const [sha256 = "", type] = [
    metadata[names.source],
    sourceTypes.find((one) => one === metadata[names.sourceType]),
  ];
  return {
    ...(sha256Pattern.test(sha256) && type && { source: { sha256, mediaType: type } }),
    ...(isUlid(upload) && { uploadId: upload }),
    ...(isFileId(file) && { fileId: file }),
    ...(encounterClasses.has(encounter) && { encounterClass: encounter as EncounterClass }),
    ...((priority === "routine" || priority === "stat") && { priority }),
    ...(/^[a-z0-9-]{1,64}$/.test(code) && {
      reason: { code, ...(Number.isSafeInteger(offset) && offset >= 0 && { offset }) },
    }),
  };
}
