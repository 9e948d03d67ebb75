import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { body, type Under } from "./signers-under-test.ts";

export function describeDownloads(under: Under): void {
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
