import { createHash } from "node:crypto";
import { ConditionFailed, Problem } from "../../../shared/errors.ts";
import type {
  Clock,
  HospitalUploadSigner,
  ObjectRef,
  SignedRequest,
  UploadSigner,
} from "../../../shared/ports.ts";
import type { MemoryObjects } from "./objects.ts";
import { signedRequests } from "./signed-requests.ts";

export interface MemoryUploadSigner extends UploadSigner {
  /** Sends the request as a client would; answers S3's status. */
  send(request: SignedRequest, body: Uint8Array): Promise<number>;
  /** Every hospital and key group a role was assumed for, in order. */
  assumed(): readonly { readonly hospital: string; readonly keyGroup: string }[];
  /** Multipart uploads neither completed nor aborted. */
  openMultiparts(): readonly string[];
}

interface Part {
  readonly body: Uint8Array;
  readonly sha256: string;
}
interface Multipart {
  readonly key: string;
  readonly contentType: string;
  readonly kmsKeyId: string;
  readonly parts: Map<number, Part>;
}
type Grant = {
  readonly ref: ObjectRef;
  readonly size: number;
  readonly sha256: string;
  readonly store: (body: Uint8Array) => void;
};

const smallestPart = 5 * 1024 * 1024;
const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const hexDigest = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
const landing = (key: string): ObjectRef => ({ bucket: "landing", key });

/** Signs uploads into the landing bucket of `objects`; a key outside the hospital's prefix is refused when sent. */
export function memoryUploadSigner(objects: MemoryObjects, clock?: Clock): MemoryUploadSigner {
  const requests = signedRequests<Grant>(clock);
  const multiparts = new Map<string, Multipart>();
  const assumed: { hospital: string; keyGroup: string }[] = [];

  return {
    async forHospital(hospital, keyGroup) {
      assumed.push({ hospital, keyGroup });
      return hospitalSigner(objects, requests, multiparts, hospital);
    },
    async send(request, body) {
      const grant = requests.check(request);
      if (!grant) return 403;
      if (body.byteLength !== grant.size) return 403;
      if (hexDigest(body) !== grant.sha256) return 400;
      try {
        grant.store(body);
        return 200;
      } catch (error) {
        if (error instanceof ConditionFailed) return 412;
        if (error instanceof Problem) return error.status;
        throw error;
      }
    },
    assumed: () => assumed,
    openMultiparts: () => [...multiparts.keys()],
  };
}

function hospitalSigner(
  objects: MemoryObjects,
  requests: ReturnType<typeof signedRequests<Grant>>,
  multiparts: Map<string, Multipart>,
  hospital: string,
): HospitalUploadSigner {
  // The role's policy holds the prefix, so S3 refuses when the request arrives, not the signer.
  const guard = (key: string): void => {
    if (key.split("/")[1] !== hospital) throw new Problem("forbidden", "Not this hospital's prefix");
  };
  const find = (key: string, id: string): Multipart => {
    guard(key);
    const multipart = multiparts.get(id);
    if (multipart?.key !== key) throw new Problem("not-found", "There is no such multipart upload");
    return multipart;
  };

  return {
    async signPut(key, { size, sha256, contentType, kmsKeyId }, seconds) {
      const headers = {
        "content-type": contentType,
        "content-length": String(size),
        "if-none-match": "*",
        "x-amz-checksum-sha256": hexToBase64(sha256),
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId,
        "x-amz-server-side-encryption-bucket-key-enabled": "true",
      };
      const store = (body: Uint8Array): void => {
        guard(key);
        objects.receive(landing(key), body, { contentType, kmsKeyId, ifAbsent: true });
      };
      return requests.sign("PUT", landing(key), headers, seconds, { ref: landing(key), size, sha256, store });
    },
    async createMultipart(key, { contentType, kmsKeyId }) {
      guard(key);
      const id = `multipart-${multiparts.size + 1}-${hexDigest(Buffer.from(key)).slice(0, 8)}`;
      multiparts.set(id, { key, contentType, kmsKeyId, parts: new Map() });
      return id;
    },
    async signPart(key, multipartId, { number, size, sha256 }, seconds) {
      if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
        throw new RangeError("A part's number is 1 to 10000");
      }
      const headers = { "content-length": String(size), "x-amz-checksum-sha256": hexToBase64(sha256) };
      const store = (body: Uint8Array): void => {
        find(key, multipartId).parts.set(number, { body: new Uint8Array(body), sha256 });
      };
      const grant = { ref: landing(key), size, sha256, store };
      const query = { partNumber: String(number), uploadId: multipartId };
      return requests.sign("PUT", landing(key), headers, seconds, grant, query);
    },
    async listParts(key, multipartId) {
      return sorted(find(key, multipartId)).map(([number, { body, sha256 }]) => ({
        number,
        size: body.byteLength,
        sha256,
        etag: `"${createHash("md5").update(body).digest("hex")}"`,
      }));
    },
    async completeMultipart(key, multipartId) {
      const multipart = find(key, multipartId);
      const parts = sorted(multipart).map(([, part]) => part.body);
      if (parts.length === 0) throw new Problem("conflict", "No part has arrived yet");
      if (parts.slice(0, -1).some((part) => part.byteLength < smallestPart)) {
        throw new Problem("conflict", "Every part but the last must hold at least 5 MB");
      }
      const { contentType, kmsKeyId } = multipart;
      const options = { contentType, kmsKeyId, ifAbsent: true, composite: true };
      objects.receive(landing(key), Buffer.concat(parts), options);
      multiparts.delete(multipartId);
    },
    async abortMultipart(key, multipartId) {
      find(key, multipartId);
      multiparts.delete(multipartId);
    },
  };
}

const sorted = (multipart: Multipart): readonly (readonly [number, Part])[] =>
  [...multipart.parts].sort(([a], [b]) => a - b);
