import { describe, expect, it } from "@jest/globals";
import { ConditionFailed, Problem } from "../../shared/errors.ts";
import { hex } from "./object-bytes.ts";
import { announced, body, type SignerGaps, type Under } from "./signers-under-test.ts";

/** Uploads in parts; `landing` names a key that nobody else uses. */
export function describeMultiparts(under: Under, landing: () => string, gaps: SignerGaps): void {
  const first = new Uint8Array(5 * 1024 * 1024).fill(1);
  const last = new Uint8Array(1000).fill(2);
  async function start(key: string) {
    const signer = await under().uploads.forHospital(under().hospital, under().keyGroup);
    const id = await signer.createMultipart(key, {
      contentType: "application/dicom",
      kmsKeyId: under().kmsKeyId,
    });
    const send = async (number: number, bytes: Uint8Array, sent = bytes) => {
      const part = { number, size: bytes.byteLength, sha256: hex(bytes) };
      return under().send(await signer.signPart(key, id, part, 60), sent);
    };
    return { signer, id, part: send };
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
      const put = await signer.signPut(key, { ...announced, kmsKeyId: under().kmsKeyId }, 60);
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
