/** The port's words in S3's. */
import type { _Object, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { ByteRange, ListedObject, ObjectHead, ObjectRef } from "../ports.ts";
import { base64ToHex } from "./s3-client.ts";

export function headFrom(output: HeadObjectCommandOutput): ObjectHead {
  const { ChecksumSHA256: checksum, ChecksumType: type } = output;
  // The checksum of an object sent in parts is one over the parts' checksums: "…-3".
  const whole = checksum !== undefined && type !== "COMPOSITE" && !checksum.includes("-");
  return {
    size: output.ContentLength ?? 0,
    etag: output.ETag ?? "",
    ...(output.VersionId !== undefined && output.VersionId !== "null" && { versionId: output.VersionId }),
    ...(output.ContentType !== undefined && { contentType: output.ContentType }),
    ...(output.ContentEncoding && { contentEncoding: output.ContentEncoding }),
    ...(whole && { sha256: base64ToHex(checksum) }),
    ...(output.SSEKMSKeyId !== undefined && { kmsKeyId: output.SSEKMSKeyId }),
    ...(output.ObjectLockRetainUntilDate && { retainUntil: output.ObjectLockRetainUntilDate }),
    ...(output.ObjectLockLegalHoldStatus && { legalHold: output.ObjectLockLegalHoldStatus === "ON" }),
    lastModified: output.LastModified ?? new Date(0),
    ...(hasMembers(output.Metadata) && { metadata: output.Metadata }),
  };
}

const hasMembers = (metadata: Record<string, string> | undefined): metadata is Record<string, string> =>
  metadata !== undefined && Object.keys(metadata).length > 0;

export const listed = ({ Key = "", Size = 0, LastModified = new Date(0) }: _Object): ListedObject => ({
  key: Key,
  size: Size,
  lastModified: LastModified,
});

export const rangeHeader = ({ offset, length }: ByteRange): string =>
  `bytes=${offset}-${offset + length - 1}`;

export function copySource(bucket: string, { key, versionId }: ObjectRef): string {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return `${bucket}/${path}${versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`}`;
}

/** Without a key the bucket's default encryption applies. The bucket's default says nothing about another key's use, so it is said here. */
export function encryption(kmsKeyId: string | undefined) {
  if (kmsKeyId === undefined) return {};
  return { ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true };
}
