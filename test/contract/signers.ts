import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { HospitalUploadSigner, SignedRequest } from "../../shared/ports.ts";
import { hex } from "./object-bytes.ts";
import { describeDownloads } from "./signers-downloads.ts";
import { describeMultiparts } from "./signers-multipart.ts";
import { announced, body, type SignerGaps, type SignersUnderTest, type Under } from "./signers-under-test.ts";

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
    (await signer()).signPut(key, { ...announced, kmsKeyId: under().kmsKeyId }, seconds);

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
      "x-amz-server-side-encryption-bucket-key-enabled",
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
