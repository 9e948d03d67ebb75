/**
 * What the use cases need from the outside world. `shared/aws/` implements these on AWS, `test/support/memory/` in
 * memory; one contract suite (`test/contract/`) holds all implementations to the same behaviour.
 */

// ---------------------------------------------------------------- table (DynamoDB)

export type TableName = "catalog" | "audit";
export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Scalar = string | number | boolean;
/** Attributes are plain JSON values plus Uint8Array and Set<string>; `undefined` attributes are dropped. */
export type Item = Key & { readonly [attribute: string]: unknown };

export type Condition =
  | { readonly attribute: string; readonly is: "absent" | "present" }
  | { readonly attribute: string; readonly is: "=" | "!=" | "<" | "<=" | ">" | ">="; readonly value: Scalar };
/** Any of these groups must hold; within a group, all conditions. */
export type When = readonly (readonly Condition[])[];

export type Write =
  | { readonly op: "put"; readonly table?: TableName; readonly item: Item; readonly when?: When }
  | {
      readonly op: "update";
      readonly table?: TableName;
      readonly key: Key;
      readonly set?: Readonly<Record<string, unknown>>;
      /** Numbers are added (an absent attribute counts as 0). */
      readonly add?: Readonly<Record<string, number>>;
      readonly remove?: readonly string[];
      readonly when?: When;
    }
  | { readonly op: "delete"; readonly table?: TableName; readonly key: Key; readonly when?: When }
  | { readonly op: "check"; readonly table?: TableName; readonly key: Key; readonly when: When };

export interface Query {
  readonly table?: TableName;
  readonly pk: string;
  /** At most one of `prefix` and `between` (inclusive). */
  readonly prefix?: string;
  readonly between?: readonly [string, string];
  /** Items evaluated at most; the answer may hold fewer. Default 1000. */
  readonly limit?: number;
  /** Descending by sort key. */
  readonly descending?: boolean;
  /** Continue after this key (from `next`). */
  readonly after?: Key;
  readonly consistent?: boolean;
}
export interface Page {
  readonly items: readonly Item[];
  /** Present when more may follow. */
  readonly next?: Key;
}

/**
 * The catalog. `write` with one element is a conditional write, with more (at most 100) a transaction over both tables.
 * Throws ConditionFailed when a condition does not hold; retries contention and throttling itself, then throws Transient.
 */
export interface Table {
  get(
    key: Key,
    options?: { readonly table?: TableName; readonly consistent?: boolean },
  ): Promise<Item | undefined>;
  /** Any number of keys; missing items are left out; order follows `keys`. */
  batchGet(
    keys: readonly Key[],
    options?: { readonly table?: TableName; readonly consistent?: boolean },
  ): Promise<readonly Item[]>;
  query(query: Query): Promise<Page>;
  write(writes: readonly Write[]): Promise<void>;
}

// ---------------------------------------------------------------- objects (S3)

export type BucketName = "landing" | "archive" | "derived" | "quarantine";
export interface ObjectRef {
  readonly bucket: BucketName;
  readonly key: string;
  readonly versionId?: string;
}
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}
export interface ObjectHead {
  readonly size: number;
  readonly versionId?: string;
  readonly etag: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** Lower-case hex SHA-256 of the whole object, where S3 holds a full-object checksum (not for multipart). */
  readonly sha256?: string;
  /** ARN or id of the KMS key the object was written with. */
  readonly kmsKeyId?: string;
  readonly retainUntil?: Date;
  readonly legalHold?: boolean;
  readonly lastModified: Date;
  /** What its writer said of it (`shared/object-notes.ts`); identifiers only. */
  readonly metadata?: Readonly<Record<string, string>>;
}
/** One version of an object, as a listing shows it. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  /** A delete marker has none. */
  readonly size: number;
  readonly lastModified: Date;
  /** A delete marker: hides the versions before it. */
  readonly deleted: boolean;
}
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}
export interface PutOptions {
  readonly contentType: string;
  readonly contentEncoding?: string;
  /** The hospital's key; without it the bucket's default key. */
  readonly kmsKeyId?: string;
  /** Refuse (ConditionFailed) when the key exists. */
  readonly ifAbsent?: boolean;
  readonly cacheControl?: string;
  /** Names in lower case; at most 2 KB in all. Whoever may HEAD the object reads it. */
  readonly metadata?: Readonly<Record<string, string>>;
}
export interface CopyOptions {
  readonly contentType: string;
  readonly kmsKeyId?: string;
  /** Object Lock retention; the mode is the bucket's default mode. */
  readonly retainUntil?: Date;
  /** Refuse (ConditionFailed) when the key exists, be it by an attempt of this very call whose answer was lost. */
  readonly ifAbsent?: boolean;
  /** As of `PutOptions`; nothing of the source's own is carried over. */
  readonly metadata?: Readonly<Record<string, string>>;
}
export interface ObjectStore {
  /** Throws KeyUnavailable, naming the key, for an object that is there but whose key may not be used. */
  head(ref: ObjectRef): Promise<ObjectHead | undefined>;
  /** Throws Problem("not-found") when there is no such object; a range past the end answers the bytes there are. */
  read(ref: ObjectRef, range?: ByteRange): Promise<Uint8Array>;
  stream(ref: ObjectRef, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  put(ref: ObjectRef, body: Uint8Array, options: PutOptions): Promise<void>;
  /** Server-side copy of exactly `from.versionId` where given. */
  copy(from: ObjectRef, to: ObjectRef, options: CopyOptions): Promise<void>;
  /** Replaces the object's tags. */
  tag(ref: ObjectRef, tags: Readonly<Record<string, string>>): Promise<void>;
  /** The object's tags; none for an object that never had any. */
  tagsOf(ref: ObjectRef): Promise<Readonly<Record<string, string>>>;
  delete(ref: ObjectRef): Promise<void>;
  /** Keys under a prefix, at most 1000 a page. */
  list(
    bucket: BucketName,
    prefix: string,
    after?: string,
  ): Promise<{
    readonly keys: readonly ListedObject[];
    readonly next?: string;
  }>;
  /**
   * Every version of every key under a prefix, delete markers too: keys in order, all versions of a key on one page, about
   * 1000 a page. `after`: `next` of the page before.
   */
  listVersions(
    bucket: BucketName,
    prefix: string,
    after?: string,
  ): Promise<{ readonly versions: readonly ListedVersion[]; readonly next?: string }>;
  /** Only ever extends; never shortens. */
  extendRetention(ref: ObjectRef, retainUntil: Date): Promise<void>;
  /** While on, the version cannot be deleted, whatever its retention. Doing it again changes nothing. */
  setLegalHold(ref: ObjectRef, on: boolean): Promise<void>;
}

export interface SignedRequest {
  readonly method: "PUT" | "GET";
  readonly url: string;
  /** Headers that were signed: the client must send exactly these. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

/** Signs requests that read stored bytes, with the function's own role. */
export interface DownloadSigner {
  /** `seconds` ≤ 45: S3 cannot revoke a signed URL. */
  signGet(
    ref: ObjectRef,
    options: { readonly seconds: number; readonly contentType?: string; readonly filename?: string },
  ): Promise<SignedRequest>;
}

/** Signs requests that write landing objects, with a role tagged with one hospital (a policy binds prefix and key to the tag). */
export interface UploadSigner {
  forHospital(hospital: string, keyGroup: string): Promise<HospitalUploadSigner>;
}
export interface HospitalUploadSigner {
  /** Content-Type, length, SHA-256 (hex), KMS key and If-None-Match: * are signed headers. */
  signPut(
    key: string,
    object: {
      readonly size: number;
      readonly sha256: string;
      readonly contentType: string;
      readonly kmsKeyId: string;
    },
    seconds: number,
  ): Promise<SignedRequest>;
  createMultipart(
    key: string,
    object: { readonly contentType: string; readonly kmsKeyId: string },
  ): Promise<string>;
  signPart(
    key: string,
    multipartId: string,
    part: { readonly number: number; readonly size: number; readonly sha256: string },
    seconds: number,
  ): Promise<SignedRequest>;
  listParts(
    key: string,
    multipartId: string,
  ): Promise<
    readonly {
      readonly number: number;
      readonly size: number;
      readonly sha256?: string;
      readonly etag: string;
    }[]
  >;
  /** Assembles the listed parts; refuses when an object is already there. */
  completeMultipart(key: string, multipartId: string): Promise<void>;
  abortMultipart(key: string, multipartId: string): Promise<void>;
}

// ---------------------------------------------------------------- keys (KMS)

export interface KeyService {
  /** A fresh 256-bit data key, wrapped under `keyArn` and bound to `context`. */
  generateDataKey(
    keyArn: string,
    context: Readonly<Record<string, string>>,
  ): Promise<{ readonly plaintext: Uint8Array; readonly wrapped: Uint8Array }>;
  /** Throws KeyUnavailable when the key is disabled or the context differs. */
  unwrapDataKey(
    keyArn: string,
    wrapped: Uint8Array,
    context: Readonly<Record<string, string>>,
  ): Promise<Uint8Array>;
  /** ECDSA_SHA_256 over a 32-byte digest; DER signature. */
  sign(keyArn: string, digest: Uint8Array): Promise<Uint8Array>;
  /** DER SubjectPublicKeyInfo. */
  publicKey(keyArn: string): Promise<Uint8Array>;
  /** Creates a customer-managed multi-Region key for a group of hospitals, tagged and with the retention guard in its policy. Idempotent by group. */
  createGroupKey(keyGroup: string): Promise<string>;
}
/** Apart from KeyService, since redirects ask it and must start fast. */
export interface KeyStates {
  /** False for a key that is disabled, pending deletion or unknown. Throws Transient when KMS cannot say. */
  enabled(keyArn: string): Promise<boolean>;
}

// ---------------------------------------------------------------- queues and events

/** `stream-failures` is where changes go that can never be applied, for a person to look at. */
export type QueueName = "ingest" | "ingest-stat" | "derive" | "derive-stat" | "rebuild" | "stream-failures";
export interface Queue {
  /** At most 10 at a time are sent in one call by the adapter; any number may be passed. */
  send(queue: QueueName, bodies: readonly unknown[]): Promise<void>;
}
/** Queues whose failed work can be done again. */
export const redrivenQueues = ["ingest", "ingest-stat", "derive", "derive-stat", "rebuild"] as const;
export type RedrivenQueue = (typeof redrivenQueues)[number];
export interface DeadLetters {
  /** Messages in the queue, under way included, and in its dead-letter queue; as SQS counts, which is about right. */
  count(queue: RedrivenQueue): Promise<{ readonly waiting: number; readonly dead: number }>;
  /**
   * Sends dead letters back to their queue, at most about `limit`, and answers how many. One that dies in between may be
   * there twice: what works on these queues takes that.
   */
  sendBack(queue: RedrivenQueue, limit: number): Promise<number>;
}
export interface EventBus {
  publish(events: readonly { readonly type: string; readonly detail: unknown }[]): Promise<void>;
}

export interface Clock {
  now(): Date;
}
