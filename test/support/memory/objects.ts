import { ConditionFailed, KeyUnavailable, Problem } from "../../../shared/errors.ts";
import type {
  BucketName,
  ByteRange,
  Clock,
  ObjectRef,
  ObjectStore,
  PutOptions,
} from "../../../shared/ports.ts";
import { addVersion, type Bucket, headOf, removeObject, type StoredVersion, versionOf } from "./bucket.ts";
import { compareUtf8 } from "./utf8-order.ts";

export interface MemoryObjects extends ObjectStore {
  /** Every version ever kept under the key, oldest first, delete markers included. */
  versions(ref: Omit<ObjectRef, "versionId">): readonly StoredVersion[];
  /** Keys that can be read now, in order. */
  keys(bucket: BucketName): readonly string[];
  tags(ref: ObjectRef): Readonly<Record<string, string>>;
  /** Runs before each call; what it throws, the call throws and nothing is stored. */
  before(hook: ((operation: keyof ObjectStore, ref: ObjectRef) => void | Promise<void>) | undefined): void;
  /** Makes objects written with this key unreadable, as a disabled KMS key does. */
  disableKey(kmsKeyId: string): void;
  /** How the upload signer's objects arrive: `composite` has no checksum of the whole. */
  receive(ref: ObjectRef, body: Uint8Array, options: PutOptions & { readonly composite?: boolean }): void;
}

const largestPart = 5 * 1024 ** 3;

/** The four buckets in memory: landing and archive keep versions, archive has Object Lock. */
export function memoryObjects({ clock }: { readonly clock?: Clock } = {}): MemoryObjects {
  const bucket = (name: BucketName, versioned: boolean, lock: boolean): Bucket => ({
    name,
    versioned,
    lock,
    objects: new Map(),
  });
  const buckets: Record<BucketName, Bucket> = {
    landing: bucket("landing", true, false),
    archive: bucket("archive", true, true),
    derived: bucket("derived", false, false),
    quarantine: bucket("quarantine", false, false),
  };
  const disabled = new Set<string>();
  const now = (): Date => clock?.now() ?? new Date();
  let hook: ((operation: keyof ObjectStore, ref: ObjectRef) => void | Promise<void>) | undefined;

  function existing(ref: ObjectRef): StoredVersion {
    const version = versionOf(buckets[ref.bucket], ref);
    if (!version) throw new Problem("not-found", "There is no such object");
    return version;
  }
  function readable(ref: ObjectRef): StoredVersion {
    const version = existing(ref);
    const { kmsKeyId } = version.options;
    if (kmsKeyId !== undefined && disabled.has(kmsKeyId))
      throw new KeyUnavailable("The object's key may not be used", { kmsKeyId });
    return version;
  }
  function put(ref: ObjectRef, body: Uint8Array, { ifAbsent, ...options }: PutOptions): void {
    if (ref.versionId !== undefined) throw new Error("A version cannot be written");
    if (disabled.has(options.kmsKeyId ?? "")) throw new KeyUnavailable("The key is disabled");
    if (ifAbsent && versionOf(buckets[ref.bucket], ref)) throw new ConditionFailed([0]);
    checkMetadata(options.metadata);
    addVersion(buckets[ref.bucket], ref.key, body, options, { now: now() });
  }

  return {
    async head(ref) {
      await hook?.("head", ref);
      const version = versionOf(buckets[ref.bucket], ref);
      // S3 gives the checksum only to those who may use the key.
      return version && headOf(buckets[ref.bucket], readable(ref));
    },
    async read(ref, range) {
      await hook?.("read", ref);
      return slice(readable(ref).body, range);
    },
    async stream(ref, range) {
      await hook?.("stream", ref);
      return chunks(slice(readable(ref).body, range));
    },
    async put(ref, body, options) {
      await hook?.("put", ref);
      put(ref, body, options);
    },
    async copy(from, to, { retainUntil, ifAbsent, ...options }) {
      await hook?.("copy", to);
      if (to.versionId !== undefined) throw new Error("A version cannot be written");
      const { body } = readable(from);
      if (body.byteLength > largestPart) throw new Error("Larger than one copy can be");
      if (disabled.has(options.kmsKeyId ?? "")) throw new KeyUnavailable("The key is disabled");
      const target = buckets[to.bucket];
      if (ifAbsent && versionOf(target, to)) throw new ConditionFailed([0]);
      if (retainUntil) checkRetention(target, retainUntil, now());
      checkMetadata(options.metadata);
      addVersion(target, to.key, body, options, { now: now(), ...(retainUntil && { retainUntil }) });
    },
    async tag(ref, tags) {
      await hook?.("tag", ref);
      if (Object.keys(tags).length > 10) throw new Error("An object has at most 10 tags");
      existing(ref).tags = { ...tags };
    },
    async tagsOf(ref) {
      await hook?.("tagsOf", ref);
      return { ...existing(ref).tags };
    },
    async delete(ref) {
      await hook?.("delete", ref);
      removeObject(buckets[ref.bucket], ref, now());
    },
    async list(name, prefix, after) {
      await hook?.("list", { bucket: name, key: prefix });
      const found = readableKeys(buckets[name]).filter(
        (key) => key.startsWith(prefix) && (after === undefined || compareUtf8(key, after) > 0),
      );
      const page = found.slice(0, 1000);
      return {
        keys: page.map((key) => {
          const { body, lastModified } = existing({ bucket: name, key });
          return { key, size: body.byteLength, lastModified };
        }),
        ...(found.length > page.length && { next: page.at(-1) as string }),
      };
    },
    async listVersions(name, prefix, after) {
      await hook?.("listVersions", { bucket: name, key: prefix });
      const found = [...buckets[name].objects.keys()]
        .filter((key) => key.startsWith(prefix) && (after === undefined || compareUtf8(key, after) > 0))
        .sort(compareUtf8);
      const page = found.slice(0, 1000);
      const versions = page.flatMap((key) =>
        (buckets[name].objects.get(key) ?? []).map(({ versionId, body, lastModified, deleted }) => ({
          ...{ key, versionId, lastModified, deleted },
          size: body.byteLength,
        })),
      );
      return { versions, ...(found.length > page.length && { next: page.at(-1) as string }) };
    },
    async extendRetention(ref, retainUntil) {
      await hook?.("extendRetention", ref);
      const version = existing(ref);
      if (version.retainUntil && version.retainUntil >= retainUntil) return;
      checkRetention(buckets[ref.bucket], retainUntil, now());
      version.retainUntil = retainUntil;
    },
    async setLegalHold(ref, on) {
      await hook?.("setLegalHold", ref);
      if (!buckets[ref.bucket].lock) throw new Error(`The ${ref.bucket} bucket has no Object Lock`);
      existing(ref).held = on;
    },

    versions: ({ bucket: name, key }) => buckets[name].objects.get(key) ?? [],
    keys: (name) => readableKeys(buckets[name]),
    tags: (ref) => existing(ref).tags,
    before(next) {
      hook = next;
    },
    disableKey: (kmsKeyId) => void disabled.add(kmsKeyId),
    receive(ref, body, { composite = false, ifAbsent, ...options }) {
      if (ifAbsent && versionOf(buckets[ref.bucket], ref)) throw new ConditionFailed([0]);
      addVersion(buckets[ref.bucket], ref.key, body, options, { now: now(), composite });
    },
  };
}

function readableKeys(bucket: Bucket): string[] {
  return [...bucket.objects.keys()]
    .filter((key) => versionOf(bucket, { bucket: bucket.name, key }))
    .sort(compareUtf8);
}

function checkRetention(bucket: Bucket, retainUntil: Date, now: Date): void {
  if (!bucket.lock) throw new Error(`The ${bucket.name} bucket has no Object Lock`);
  if (retainUntil <= now) throw new Error("The retain-until date must be in the future");
}

/** S3 takes 2 KB, names and values together, and answers names in lower case. */
function checkMetadata(metadata: PutOptions["metadata"] = {}): void {
  const size = Object.entries(metadata).reduce((all, [name, value]) => all + name.length + value.length, 0);
  if (size > 2048) throw new Error("More metadata than an object may have");
  if (
    Object.entries(metadata).some(
      (pair) => /[^\x20-\x7e]|[A-Z]/.test(pair[0]) || /[^\x20-\x7e]/.test(pair[1]),
    )
  )
    throw new Error("Metadata must be plain ASCII, and its names in lower case");
}

/** A range past the end answers the bytes there are. */
function slice(body: Uint8Array, range?: ByteRange): Uint8Array {
  return range ? body.slice(range.offset, range.offset + range.length) : body.slice();
}

async function* chunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < body.byteLength; offset += 65_536) yield body.slice(offset, offset + 65_536);
}
