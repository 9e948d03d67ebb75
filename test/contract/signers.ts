import { createHash, randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ConditionFailed, Problem } from "../../shared/errors.ts";
import type {
  DownloadSigner,
  HospitalUploadSigner,
  ObjectStore,
  SignedRequest,
  UploadSigner,
} from "../../shared/ports.ts";

export interface SignersUnderTest {
  readonly uploads: UploadSigner;
  readonly downloads: DownloadSigner;
  readonly objects: ObjectStore;
  readonly hospital: string;
  readonly keyGroup: string;
  readonly kmsKeyId: string;
  /** Sends a signed PUT as a client would; answers the status. */
  send(request: SignedRequest, body: Uint8Array): Promise<number>;
  /** Follows a signed GET. */
  open(request: SignedRequest): Promise<{
    readonly status: number;
    readonly body: Uint8Array;
    readonly headers: Readonly<Record<string, string>>;
  }>;
  /** Lets time pass. */
  wait(seconds: number): Promise<void>;
}
export interface SignerGaps {
  /** IAM is not enforced: a session may write where its policy forbids. */
  readonly noAuthorization?: boolean;
  /** Parts under 5 MB are accepted. */
  readonly acceptsSmallParts?: boolean;
}

const hex = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");
const body = new Uint8Array(Buffer.from("DICM bytes of an image"));
const describeBody = (of: Uint8Array) => ({
  size: of.byteLength,
  sha256: hex(of),
  contentType: "application/dicom",
});
type Under = () => SignersUnderTest;

/** What every pair of signers must do. */
export function describeSignersContract(
  name: string,
  make: () => SignersUnderTest | Promise<SignersUnderTest>,
  gaps: SignerGaps = {},
): void {
  describe(`signers: ${name}`, () => {
    let under: SignersUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    const landing = (hospital = under.hospital): string => `routine/${hospital}/${randomUUID()}/1`;
    describeUploads(() => under, landing, gaps);
    describeMultiparts(() => under, landing, gaps);
    describeDownloads(() => under);
  });
}

function describeUploads(under: Under, landing: (hospital?: string) => string, gaps: SignerGaps): void {
  const signer = (): Promise<HospitalUploadSigner> =>
    under().uploads.forHospital(under().hospital, under().keyGroup);
  const sign = async (key: string, seconds = 60): Promise<SignedRequest> =>
    (await signer()).signPut(key, { ...describeBody(body), kmsKeyId: under().kmsKeyId }, seconds);

  describe("an upload", () => {
    it("stores exactly the bytes announced, with type, checksum and key", async () => {
      const key = landing();
      const request = await sign(key);
      expect(request.method).toBe("PUT");
      expect(Date.parse(request.expiresAt)).toBeGreaterThan(Date.now() - 60_000);
      expect(await under().send(request, body)).toBe(200);
      expect(await under().objects.head({ bucket: "landing", key })).toMatchObject({
        size: body.byteLength,
        sha256: hex(body),
        contentType: "application/dicom",
        kmsKeyId: under().kmsKeyId,
      });
    });

    it("is refused when another object is there already", async () => {
      const key = landing();
      expect(await under().send(await sign(key), body)).toBe(200);
      expect(await under().send(await sign(key), body)).toBe(412);
    });

    it("is refused with other bytes, of the same length or not", async () => {
      const request = await sign(landing());
      const other = body.slice();
      other[0] = 0;
      expect(await under().send(request, other)).toBeGreaterThanOrEqual(400);
      expect(await under().send(request, body.slice(1))).toBeGreaterThanOrEqual(400);
    });

    it.each([
      "content-type",
      "if-none-match",
      "x-amz-checksum-sha256",
      "x-amz-server-side-encryption",
      "x-amz-server-side-encryption-aws-kms-key-id",
    ])("is refused without the %s that was signed, and with another", async (header) => {
      const request = await sign(landing());
      const { [header]: signed, ...others } = request.headers;
      expect(signed).toBeDefined();
      // Some client libraries set a type of their own, so leaving it out is a change as well.
      const changed = header === "x-amz-checksum-sha256" ? hex(body) : "changed/value";
      expect(await under().send({ ...request, headers: others }, body)).toBe(403);
      expect(await under().send({ ...request, headers: { ...others, [header]: changed } }, body)).toBe(403);
    });

    it("is refused under another key, and after its time", async () => {
      const request = await sign(landing(), 1);
      const elsewhere = request.url.replace("/1?", "/2?");
      expect(await under().send({ ...request, url: elsewhere }, body)).toBe(403);
      await under().wait(2.5);
      expect(await under().send(request, body)).toBe(403);
    });

    const itAuthorizes = gaps.noAuthorization ? it.skip : it;
    itAuthorizes("is refused under another hospital's prefix", async () => {
      expect(await under().send(await sign(landing("another-hospital")), body)).toBe(403);
    });
  });
}

function describeMultiparts(under: Under, landing: () => string, gaps: SignerGaps): void {
  const first = new Uint8Array(5 * 1024 * 1024).fill(1);
  const last = new Uint8Array(1000).fill(2);
  async function start(key: string) {
    const signer = await under().uploads.forHospital(under().hospital, under().keyGroup);
    const id = await signer.createMultipart(key, {
      contentType: "application/dicom",
      kmsKeyId: under().kmsKeyId,
    });
    const part = async (number: number, bytes: Uint8Array, sent = bytes) => {
      const announced = { number, size: bytes.byteLength, sha256: hex(bytes) };
      return under().send(await signer.signPart(key, id, announced, 60), sent);
    };
    return { signer, id, part };
  }

  describe("an upload in parts", () => {
    it("is listed part by part and assembled in order", async () => {
      const key = landing();
      const { signer, id, part } = await start(key);
      expect(await part(2, last)).toBe(200);
      expect(await part(1, first)).toBe(200);
      expect(await signer.listParts(key, id)).toMatchObject([
        { number: 1, size: first.byteLength, sha256: hex(first) },
        { number: 2, size: 1000, sha256: hex(last) },
      ]);
      expect(await under().objects.head({ bucket: "landing", key })).toBeUndefined();
      await signer.completeMultipart(key, id);
      const head = await under().objects.head({ bucket: "landing", key });
      expect(head).toMatchObject({ size: first.byteLength + 1000, kmsKeyId: under().kmsKeyId });
      // The checksum of an object in parts is not that of its bytes.
      expect(head?.sha256).toBeUndefined();
      const joint = { offset: first.byteLength - 1, length: 2 };
      expect(await under().objects.read({ bucket: "landing", key }, joint)).toEqual(new Uint8Array([1, 2]));
      await expect(signer.listParts(key, id)).rejects.toThrow(Problem);
    });

    it("does not take a part with other bytes", async () => {
      const key = landing();
      const { signer, id, part } = await start(key);
      expect(await part(1, last, new Uint8Array(1000).fill(9))).toBeGreaterThanOrEqual(400);
      expect(await signer.listParts(key, id)).toEqual([]);
      await expect(signer.completeMultipart(key, id)).rejects.toMatchObject({ type: "conflict" });
      await signer.abortMultipart(key, id);
      await expect(signer.listParts(key, id)).rejects.toMatchObject({ type: "not-found" });
    });

    it("is refused when an object is there already", async () => {
      const key = landing();
      const { signer, id, part } = await start(key);
      expect(await part(1, last)).toBe(200);
      const put = await signer.signPut(key, { ...describeBody(body), kmsKeyId: under().kmsKeyId }, 60);
      expect(await under().send(put, body)).toBe(200);
      await expect(signer.completeMultipart(key, id)).rejects.toThrow(ConditionFailed);
      expect(await under().objects.read({ bucket: "landing", key })).toEqual(body);
    });

    const itLimits = gaps.acceptsSmallParts ? it.skip : it;
    itLimits("is refused when a part before the last is too small", async () => {
      const key = landing();
      const { signer, id, part } = await start(key);
      await part(1, last);
      await part(2, last);
      await expect(signer.completeMultipart(key, id)).rejects.toMatchObject({ type: "conflict" });
    });
  });
}

function describeDownloads(under: Under): void {
  async function stored(content: string) {
    const ref = { bucket: "landing", key: `contract/${randomUUID()}/a b` } as const;
    const { objects, kmsKeyId } = under();
    await objects.put(ref, new Uint8Array(Buffer.from(content)), {
      contentType: "application/dicom",
      kmsKeyId,
    });
    return { ...ref, versionId: (await objects.head(ref))?.versionId as string };
  }

  describe("a download", () => {
    it("gives the bytes with the type and name asked for", async () => {
      const { bucket, key } = await stored("image");
      const plain = await under().open(await under().downloads.signGet({ bucket, key }, { seconds: 30 }));
      expect(Buffer.from(plain.body).toString()).toBe("image");
      expect(plain.headers["content-type"]).toBe("application/dicom");
      const contentType = 'multipart/related; type="application/octet-stream"; boundary=b+1';
      const named = await under().downloads.signGet(
        { bucket, key },
        { seconds: 30, contentType, filename: "王 (1).dcm" },
      );
      const answer = await under().open(named);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toBe(contentType);
      expect(answer.headers["content-disposition"]).toMatch(/filename\*=UTF-8''%E7%8E%8B%20/);
    });

    it("gives the version asked for", async () => {
      const ref = await stored("first");
      const { kmsKeyId } = under();
      await under().objects.put({ bucket: ref.bucket, key: ref.key }, body, { contentType: "a/b", kmsKeyId });
      const answer = await under().open(await under().downloads.signGet(ref, { seconds: 30 }));
      expect(Buffer.from(answer.body).toString()).toBe("first");
    });

    it("is refused when changed, and after its time", async () => {
      const ref = await stored("image");
      const request = await under().downloads.signGet(ref, { seconds: 1 });
      expect((await under().open({ ...request, url: request.url.replace("a%20b", "other") })).status).toBe(
        403,
      );
      expect((await under().open(request)).status).toBe(200);
      await under().wait(2.5);
      expect((await under().open(request)).status).toBe(403);
    });

    it("never lives longer than 45 seconds", async () => {
      const ref = { bucket: "derived", key: "any" } as const;
      await expect(under().downloads.signGet(ref, { seconds: 46 })).rejects.toThrow(RangeError);
      await expect(under().downloads.signGet(ref, { seconds: 0 })).rejects.toThrow(RangeError);
      const { expiresAt } = await under().downloads.signGet(ref, { seconds: 45 });
      expect(Date.parse(expiresAt)).toBeGreaterThan(0);
    });
  });
}
