import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ConditionFailed, Problem } from "../../shared/errors.ts";
import type { ObjectRef, ObjectStore } from "../../shared/ports.ts";
import { bytes, hex, text } from "./object-bytes.ts";
import { describeCopiesOnce, describeRetention, describeVersions } from "./objects-versions.ts";

export interface ObjectsUnderTest {
  readonly objects: ObjectStore;
  /** A customer key objects can be written with, as `head` reports it. */
  readonly kmsKeyId: string;
}

const ageOf = (listed: { readonly lastModified: Date } | undefined): number =>
  Math.abs(Date.now() - (listed?.lastModified.getTime() ?? 0));

const dicom = { contentType: "application/dicom" };

/** What every ObjectStore must do: landing and archive keep versions, the archive has Object Lock, derived neither. */
export function describeObjectsContract(
  name: string,
  make: () => ObjectsUnderTest | Promise<ObjectsUnderTest>,
): void {
  describe(`an object store: ${name}`, () => {
    let objects: ObjectStore;
    let kmsKeyId: string;
    beforeAll(async () => {
      ({ objects, kmsKeyId } = await make());
    });
    const fresh = (bucket: ObjectRef["bucket"] = "derived"): ObjectRef => ({
      bucket,
      key: `contract/${randomUUID()}/object`,
    });
    const encrypted = () => ({ ...dicom, kmsKeyId });

    it("says undefined for the head of an object that is not there, and not-found for its bytes", async () => {
      expect(await objects.head(fresh())).toBeUndefined();
      await expect(objects.read(fresh())).rejects.toMatchObject({ name: "Problem", type: "not-found" });
      await expect(objects.stream(fresh())).rejects.toThrow(Problem);
      await expect(objects.tag(fresh(), { a: "b" })).rejects.toThrow(Problem);
      await objects.delete(fresh());
    });

    it("describes and gives back what was put", async () => {
      const ref = fresh();
      const body = bytes("stored bytes");
      await objects.put(ref, body, { ...encrypted(), contentEncoding: "gzip", cacheControl: "no-store" });
      const head = await objects.head(ref);
      expect(head).toMatchObject({
        size: body.length,
        contentType: "application/dicom",
        contentEncoding: "gzip",
        sha256: hex(body),
        kmsKeyId,
      });
      expect(head?.etag).not.toBe("");
      expect(ageOf(head)).toBeLessThan(600_000);
      expect(head?.metadata).toBeUndefined();
      expect(head?.versionId).toBeUndefined();
      expect(await objects.read(ref)).toEqual(body);
    });

    it("writes an object anew from itself: younger, with what is said of it now, and no tags", async () => {
      const ref = fresh("quarantine");
      const metadata = { "mic-reason": "missing-uid" };
      await objects.put(ref, bytes("waiting"), { ...encrypted(), metadata });
      await objects.tag(ref, { "mic-state": "taken" });
      const before = await objects.head(ref);
      await objects.copy(ref, ref, { ...encrypted(), metadata: { "mic-reason": "wrong-key" } });
      const after = await objects.head(ref);
      expect(after?.metadata).toEqual({ "mic-reason": "wrong-key" });
      expect(after?.lastModified.getTime()).toBeGreaterThanOrEqual(before?.lastModified.getTime() ?? 0);
      expect(await objects.tagsOf(ref)).toEqual({});
      expect(text(await objects.read(ref))).toBe("waiting");
    });

    it("keeps with an object what its writer said of it, and gives a copy nothing of that", async () => {
      const [ref, copy, described] = [fresh("landing"), fresh("quarantine"), fresh("archive")];
      const metadata = { "mic-upload": "01JUPLOAD", "mic-key": `${"x".repeat(900)}+/=` };
      await objects.put(ref, bytes("described"), { ...encrypted(), metadata });
      expect((await objects.head(ref))?.metadata).toEqual(metadata);
      await objects.copy(ref, copy, encrypted());
      expect((await objects.head(copy))?.metadata).toBeUndefined();
      await objects.copy(ref, described, { ...encrypted(), metadata: { "mic-file": "7" }, ifAbsent: true });
      expect((await objects.head(described))?.metadata).toEqual({ "mic-file": "7" });
    });

    it("gives back the tags of an object, the last ones set", async () => {
      const ref = fresh("archive");
      await objects.put(ref, bytes("tagged"), encrypted());
      expect(await objects.tagsOf(ref)).toEqual({});
      await objects.tag(ref, { "mic-state": "a", other: "b" });
      await objects.tag(ref, { "mic-state": "superseded" });
      expect(await objects.tagsOf(ref)).toEqual({ "mic-state": "superseded" });
      await objects.tag(ref, {});
      expect(await objects.tagsOf(ref)).toEqual({});
      await expect(objects.tagsOf(fresh())).rejects.toThrow(Problem);
    });

    it("keeps odd keys apart", async () => {
      const base = fresh().key;
      const odd = [`${base}/a b`, `${base}/a+b`, `${base}/a%20b`, `${base}/王`, `${base}/a?b=c&d`];
      for (const key of odd) await objects.put({ bucket: "derived", key }, bytes(key), encrypted());
      for (const key of odd) expect(text(await objects.read({ bucket: "derived", key }))).toBe(key);
      const copy = fresh();
      await objects.copy({ bucket: "derived", key: odd[1] as string }, copy, encrypted());
      expect(text(await objects.read(copy))).toBe(odd[1]);
    });

    it("answers the bytes there are of a range", async () => {
      const ref = fresh();
      await objects.put(ref, bytes("0123456789"), encrypted());
      const read = async (offset: number, length: number) =>
        text(await objects.read(ref, { offset, length }));
      expect(await read(2, 3)).toBe("234");
      expect(await read(8, 100)).toBe("89");
      expect(await read(10, 5)).toBe("");
      expect(await read(0, 0)).toBe("");
      const chunks: Uint8Array[] = [];
      for await (const chunk of await objects.stream(ref, { offset: 5, length: 65_536 })) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe("56789");
    });

    it("streams an object larger than one chunk, and an empty one", async () => {
      const ref = fresh();
      const body = new Uint8Array(300_000).map((_, index) => index % 251);
      await objects.put(ref, body, encrypted());
      const chunks: Uint8Array[] = [];
      for await (const chunk of await objects.stream(ref)) chunks.push(chunk);
      expect(hex(Buffer.concat(chunks))).toBe(hex(body));
      await objects.put(ref, new Uint8Array(), encrypted());
      expect(await objects.read(ref)).toHaveLength(0);
    });

    it("lets exactly one of many put an object that must not exist", async () => {
      const ref = fresh("landing");
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) =>
          objects.put(ref, bytes(String(index)), { ...encrypted(), ifAbsent: true }),
        ),
      );
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      const losers = results.filter((result) => result.status === "rejected");
      expect(losers).toHaveLength(7);
      for (const { reason } of losers) expect(reason).toBeInstanceOf(ConditionFailed);
      expect(text(await objects.read(ref))).toBe(String(winner));
    });

    it("lists keys under a prefix in order, 1000 at a time", async () => {
      const prefix = `contract/${randomUUID()}/`;
      const keys = Array.from({ length: 1003 }, (_, index) => `${prefix}${String(index).padStart(5, "0")}`);
      for (let at = 0; at < keys.length; at += 25) {
        const part = keys.slice(at, at + 25);
        await Promise.all(
          part.map((key) => objects.put({ bucket: "derived", key }, bytes("ab"), encrypted())),
        );
      }
      const first = await objects.list("derived", prefix);
      expect(first.keys).toHaveLength(1000);
      expect(first.keys[0]).toEqual({ key: keys[0], size: 2, lastModified: expect.any(Date) });
      expect(ageOf(first.keys[0])).toBeLessThan(600_000);
      const second = await objects.list("derived", prefix, first.next);
      expect([...first.keys, ...second.keys].map(({ key }) => key)).toEqual(keys);
      expect(second.next).toBeUndefined();
      expect(await objects.list("derived", `${prefix}none`)).toEqual({ keys: [] });
    }, 120_000);

    describeVersions(() => objects, fresh, encrypted);
    describeCopiesOnce(() => objects, fresh, encrypted);
    describeRetention(() => objects, fresh, encrypted);
  });
}
