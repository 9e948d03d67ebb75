/**
 * S3 at no cost: bytes are kept by reference, a checksum is what the sender said, a copy copies nothing. What is measured on
 * it is this project's own work; what S3 does elsewhere is left out.
 */
import type { ObjectHead, ObjectRef, ObjectStore } from "../../shared/ports.ts";

interface Kept {
  readonly bytes: Uint8Array;
  readonly head: ObjectHead;
}

export interface QuickObjects extends ObjectStore {
  /** As the uploader's PUT leaves it. */
  land(key: string, bytes: Uint8Array, sha256: string, kmsKeyId: string): void;
}

const epoch = new Date(0);

export function quickObjects(): QuickObjects {
  const kept = new Map<string, Kept>();
  const address = ({ bucket, key }: Pick<ObjectRef, "bucket" | "key">): string => `${bucket}/${key}`;
  const keep = (ref: ObjectRef, bytes: Uint8Array, more: Partial<ObjectHead>): void => {
    kept.set(address(ref), {
      bytes,
      head: { size: bytes.length, etag: "", versionId: "1", lastModified: epoch, ...more },
    });
  };
  const found = (ref: ObjectRef): Kept => {
    const one = kept.get(address(ref));
    if (!one) throw new Error(`The bench asked for ${address(ref)}, which is not there`);
    return one;
  };
  const part = (ref: ObjectRef, range?: { readonly offset: number; readonly length: number }): Uint8Array => {
    const { bytes } = found(ref);
    return range ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
  };
  const surprised = (what: string) => async (): Promise<never> => {
    throw new Error(`The bench did not expect ${what}`);
  };
  return {
    land: (key, bytes, sha256, kmsKeyId) =>
      keep({ bucket: "landing", key }, bytes, { sha256, kmsKeyId, contentType: "application/dicom" }),
    head: async (ref) => kept.get(address(ref))?.head,
    read: async (ref, range) => part(ref, range),
    stream: async (ref, range) => once(part(ref, range)),
    put: async (ref, body, { kmsKeyId, contentType }) =>
      keep(ref, body, { contentType, ...(kmsKeyId !== undefined && { kmsKeyId }) }),
    copy: async (from, to, { retainUntil }) => {
      const { bytes, head } = found(from);
      keep(to, bytes, { ...head, ...(retainUntil && { retainUntil }) });
    },
    tag: async () => undefined,
    tagsOf: async () => ({}),
    delete: async (ref) => void kept.delete(address(ref)),
    list: surprised("a listing"),
    listVersions: surprised("a listing of versions"),
    extendRetention: surprised("a longer retention"),
    setLegalHold: surprised("a legal hold"),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
