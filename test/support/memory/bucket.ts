/** One S3 bucket in memory: versions, delete markers, Object Lock. */
import { createHash, randomBytes } from "node:crypto";
import type { BucketName, ObjectHead, ObjectRef, PutOptions } from "../../../shared/ports.ts";

export interface StoredVersion {
  readonly versionId: string;
  readonly deleted: boolean;
  readonly body: Uint8Array;
  readonly sha256?: string;
  readonly options: PutOptions;
  readonly lastModified: Date;
  tags: Readonly<Record<string, string>>;
  retainUntil?: Date;
  held?: boolean;
}

export interface Bucket {
  readonly name: BucketName;
  readonly versioned: boolean;
  readonly lock: boolean;
  /** Oldest version first. */
  readonly objects: Map<string, StoredVersion[]>;
}

/** The version a reference means: the named one, or the newest. Undefined when absent or deleted. */
export function versionOf(bucket: Bucket, ref: ObjectRef): StoredVersion | undefined {
  const versions = bucket.objects.get(ref.key);
  const version =
    ref.versionId === undefined
      ? versions?.at(-1)
      : versions?.find((candidate) => candidate.versionId === ref.versionId);
  return version?.deleted ? undefined : version;
}

export function addVersion(
  bucket: Bucket,
  key: string,
  body: Uint8Array,
  options: PutOptions,
  extra: { readonly now: Date; readonly retainUntil?: Date; readonly composite?: boolean },
): void {
  const version: StoredVersion = {
    versionId: bucket.versioned ? randomBytes(16).toString("base64url") : "null",
    deleted: false,
    body: new Uint8Array(body),
    // The checksum of an object sent in parts is one over the parts' checksums, so it says nothing about the whole.
    ...(!extra.composite && { sha256: createHash("sha256").update(body).digest("hex") }),
    options,
    lastModified: extra.now,
    tags: {},
    ...(extra.retainUntil && { retainUntil: extra.retainUntil }),
  };
  if (!bucket.versioned) bucket.objects.set(key, [version]);
  else bucket.objects.set(key, [...(bucket.objects.get(key) ?? []), version]);
}

export function removeObject(bucket: Bucket, ref: ObjectRef, now: Date): void {
  const versions = bucket.objects.get(ref.key) ?? [];
  if (ref.versionId === undefined && bucket.versioned) {
    const marker = {
      versionId: randomBytes(16).toString("base64url"),
      deleted: true,
      lastModified: now,
      body: new Uint8Array(),
    };
    bucket.objects.set(ref.key, [...versions, { ...marker, options: { contentType: "" }, tags: {} }]);
    return;
  }
  const doomed = versions.find(({ versionId }) => ref.versionId === undefined || versionId === ref.versionId);
  if (doomed?.retainUntil && doomed.retainUntil > now) throw new Error("Refused: the version is locked");
  if (doomed?.held) throw new Error("Refused: the version is under legal hold");
  const left = versions.filter((version) => version !== doomed);
  if (left.length > 0) bucket.objects.set(ref.key, left);
  else bucket.objects.delete(ref.key);
}

export function headOf(bucket: Bucket, version: StoredVersion): ObjectHead {
  const { contentType, contentEncoding, kmsKeyId, metadata } = version.options;
  return {
    size: version.body.byteLength,
    ...(bucket.versioned && { versionId: version.versionId }),
    etag: `"${createHash("md5").update(version.body).digest("hex")}"`,
    contentType,
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(version.sha256 !== undefined && { sha256: version.sha256 }),
    kmsKeyId: kmsKeyId ?? `default-key-of-${bucket.name}`,
    ...(version.retainUntil && { retainUntil: version.retainUntil }),
    ...(version.held !== undefined && { legalHold: version.held }),
    lastModified: version.lastModified,
    ...(metadata && Object.keys(metadata).length > 0 && { metadata: { ...metadata } }),
  };
}
