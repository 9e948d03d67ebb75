import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { KeyUnavailable, Problem } from "../errors.ts";
import type { BucketName, ByteRange, ObjectRef, ObjectStore } from "../ports.ts";
import { longWork } from "./patience.ts";
import { askS3, createS3, s3Client, streamS3, writeS3 } from "./s3-client.ts";
import { copySource, encryption, headFrom, listed, rangeHeader } from "./s3-shapes.ts";
import { listVersions } from "./s3-versions.ts";
import { ServiceFault } from "./service-fault.ts";

export interface S3ObjectsOptions {
  /** Names of the buckets this function may use. */
  readonly buckets: Partial<Record<BucketName, string>>;
  /** The archive's Object Lock mode: COMPLIANCE in production, GOVERNANCE where a stage must be removable. */
  readonly lockMode: "COMPLIANCE" | "GOVERNANCE";
  readonly client?: S3Client;
}

type Body = GetObjectCommandOutput["Body"];
type Place = { readonly Bucket: string; readonly Key: string; readonly VersionId?: string };

/** Buckets on S3. */
export function s3Objects({ buckets, lockMode, client = s3Client() }: S3ObjectsOptions): ObjectStore {
  const nameOf = (bucket: BucketName): string => {
    const name = buckets[bucket];
    if (name === undefined) throw new Error(`This function was given no ${bucket} bucket`);
    return name;
  };
  const place = ({ bucket, key, versionId }: ObjectRef): Place => ({
    Bucket: nameOf(bucket),
    Key: key,
    ...(versionId !== undefined && { VersionId: versionId }),
  });

  const get = <T>(ref: ObjectRef, range: ByteRange | undefined, take: (body: Body) => Promise<T>) =>
    askS3("GetObject", async () => {
      const command = new GetObjectCommand({ ...place(ref), ...(range && { Range: rangeHeader(range) }) });
      return take((await client.send(command)).Body);
    });

  const store: ObjectStore = {
    async head(ref) {
      const command = new HeadObjectCommand({ ...place(ref), ChecksumMode: "ENABLED" });
      try {
        return headFrom(await askS3("HeadObject", () => client.send(command)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        if (!(error instanceof ServiceFault)) throw error;
        // The checksum is the one part of the answer that takes the key: without it S3 still names the key.
        const described = await client.send(new HeadObjectCommand(place(ref))).catch(() => undefined);
        if (described) throw unusable(error, described.SSEKMSKeyId);
        // A HEAD's refusal has no body to say why, but a read of one byte has. A 403 is never taken for absence.
        await get(ref, { offset: 0, length: 1 }, bytesOf);
        throw error;
      }
    },

    async read(ref, range) {
      if (range?.length === 0) return new Uint8Array();
      // The body is read within the retry: the connection may end in the middle of it.
      return get(ref, range, bytesOf).catch(pastTheEnd);
    },

    async stream(ref, range) {
      if (range?.length === 0) return nothing();
      return get(ref, range, async (body) => streamS3("GetObject", body)).catch((error) => {
        pastTheEnd(error);
        return nothing();
      });
    },

    async put(ref, body, options) {
      if (ref.versionId !== undefined) throw new Error("A version cannot be written");
      const command = new PutObjectCommand({
        ...place(ref),
        Body: body,
        ContentType: options.contentType,
        ChecksumSHA256: createHash("sha256").update(body).digest("base64"),
        ...(options.contentEncoding !== undefined && { ContentEncoding: options.contentEncoding }),
        ...(options.cacheControl !== undefined && { CacheControl: options.cacheControl }),
        ...(options.ifAbsent && { IfNoneMatch: "*" }),
        ...(options.metadata && { Metadata: { ...options.metadata } }),
        ...encryption(options.kmsKeyId),
      });
      await writeS3("PutObject", () => client.send(command));
    },

    async copy(from, to, { contentType, kmsKeyId, retainUntil, ifAbsent, metadata }) {
      if (to.versionId !== undefined) throw new Error("A version cannot be written");
      const command = new CopyObjectCommand({
        ...place(to),
        CopySource: copySource(nameOf(from.bucket), from),
        // Nothing of the landing object's own description is carried into the archive.
        MetadataDirective: "REPLACE",
        TaggingDirective: "REPLACE",
        ContentType: contentType,
        ...(metadata && { Metadata: { ...metadata } }),
        ChecksumAlgorithm: "SHA256",
        ...(ifAbsent && { IfNoneMatch: "*" }),
        ...(retainUntil && { ObjectLockMode: lockMode, ObjectLockRetainUntilDate: retainUntil }),
        ...encryption(kmsKeyId),
      });
      const copy = () => client.send(command, longWork);
      if (ifAbsent) await createS3("CopyObject", copy, async () => (await store.head(to)) !== undefined);
      else await askS3("CopyObject", copy);
    },

    async tag(ref, tags) {
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const command = new PutObjectTaggingCommand({ ...place(ref), Tagging: { TagSet } });
      await askS3("PutObjectTagging", () => client.send(command));
    },

    async tagsOf(ref) {
      const command = new GetObjectTaggingCommand(place(ref));
      const { TagSet = [] } = await askS3("GetObjectTagging", () => client.send(command));
      return Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
    },

    async delete(ref) {
      await askS3("DeleteObject", () => client.send(new DeleteObjectCommand(place(ref))));
    },

    async list(bucket, prefix, after) {
      const start = after === undefined ? {} : { StartAfter: after };
      const command = new ListObjectsV2Command({ Bucket: nameOf(bucket), Prefix: prefix, ...start });
      const { Contents = [], IsTruncated } = await askS3("ListObjectsV2", () => client.send(command));
      const keys = Contents.map(listed);
      const last = keys.at(-1);
      return { keys, ...(IsTruncated && last && { next: last.key }) };
    },

    listVersions: (bucket, prefix, after) => listVersions(client, nameOf(bucket), prefix, after),

    async extendRetention(ref, retainUntil) {
      const current = await retentionOf(client, place(ref));
      if (current?.RetainUntilDate && current.RetainUntilDate >= retainUntil) return;
      const command = new PutObjectRetentionCommand({
        ...place(ref),
        Retention: { Mode: current?.Mode ?? lockMode, RetainUntilDate: retainUntil },
      });
      await askS3("PutObjectRetention", () => client.send(command));
    },

    async setLegalHold(ref, on) {
      const command = new PutObjectLegalHoldCommand({
        ...place(ref),
        LegalHold: { Status: on ? "ON" : "OFF" },
      });
      await askS3("PutObjectLegalHold", () => client.send(command));
    },
  };
  return store;
}

const unusable = (cause: ServiceFault, kmsKeyId: string | undefined): KeyUnavailable =>
  new KeyUnavailable("The object's key may not be used", {
    cause,
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });

async function retentionOf(client: S3Client, at: Place) {
  try {
    const command = new GetObjectRetentionCommand(at);
    return (await askS3("GetObjectRetention", () => client.send(command))).Retention;
  } catch (error) {
    if ((error as ServiceFault).code === "NoSuchObjectLockConfiguration") return undefined;
    throw error;
  }
}

/** Not there, or (405) the version asked for is a delete marker. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Problem ? error.type === "not-found" : (error as ServiceFault).status === 405;

const bytesOf = async (body: Body): Promise<Uint8Array> =>
  (await body?.transformToByteArray()) ?? new Uint8Array();

/** S3 answers 416 where a range starts past the end; the port answers no bytes. */
function pastTheEnd(error: unknown): Uint8Array {
  if ((error as ServiceFault).status === 416) return new Uint8Array();
  throw error;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
