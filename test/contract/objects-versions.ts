import { expect, it } from "@jest/globals";
import { ConditionFailed, Problem } from "../../shared/errors.ts";
import type { ObjectRef, ObjectStore } from "../../shared/ports.ts";
import { bytes, hex, text } from "./object-bytes.ts";

const later = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);

type Fresh = (bucket: ObjectRef["bucket"]) => ObjectRef;
type Encrypted = () => { readonly contentType: string; readonly kmsKeyId: string };

/** Versions of the landing and archive buckets. */
export function describeVersions(objects: () => ObjectStore, fresh: Fresh, encrypted: Encrypted): void {
  it("keeps what was overwritten under its version", async () => {
    const ref = fresh("landing");
    await objects().put(ref, bytes("first"), encrypted());
    const first = await objects().head(ref);
    await objects().put(ref, bytes("second"), encrypted());
    expect(text(await objects().read(ref))).toBe("second");
    const old = { ...ref, versionId: first?.versionId as string };
    expect(text(await objects().read(old))).toBe("first");
    expect((await objects().head(old))?.size).toBe(5);
    await expect(objects().put(old, bytes("third"), encrypted())).rejects.toThrow();
  });

  it("reads and streams a range of a version", async () => {
    const ref = fresh("archive");
    await objects().put(ref, bytes("head and pixels"), encrypted());
    const versionId = (await objects().head(ref))?.versionId as string;
    const chunks: Uint8Array[] = [];
    const range = { offset: 9, length: 6 };
    for await (const chunk of await objects().stream({ ...ref, versionId }, range)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("pixels");
    expect(text(await objects().read({ ...ref, versionId }, range))).toBe("pixels");
  });

  it("copies exactly the version named, and describes the copy anew", async () => {
    const [from, to] = [fresh("landing"), fresh("archive")];
    await objects().put(from, bytes("as uploaded"), { ...encrypted(), contentEncoding: "gzip" });
    const versionId = (await objects().head(from))?.versionId as string;
    await objects().put(from, bytes("overwritten"), encrypted());
    await objects().copy({ ...from, versionId }, to, {
      ...encrypted(),
      contentType: "application/octet-stream",
    });
    expect(text(await objects().read(to))).toBe("as uploaded");
    const head = await objects().head(to);
    expect(head).toMatchObject({
      contentType: "application/octet-stream",
      sha256: hex(bytes("as uploaded")),
    });
    expect(head?.contentEncoding).toBeUndefined();
    await expect(objects().copy(fresh("landing"), to, encrypted())).rejects.toThrow(Problem);
  });

  it("lists every version of every key, all of a key on one page", async () => {
    const prefix = fresh("landing").key.replace(/object$/, "");
    const at = (name: string): ObjectRef => ({ bucket: "landing", key: `${prefix}${name}` });
    for (const name of ["b", "a", "b"]) await objects().put(at(name), bytes(name), encrypted());
    await objects().delete(at("a"));
    const { versions, next } = await objects().listVersions("landing", prefix);
    expect(next).toBeUndefined();
    const shown = versions.map(({ key, size, deleted }) => [key.slice(prefix.length), size, deleted]);
    expect(shown).toHaveLength(4);
    expect(shown.map(([name]) => name)).toEqual(["a", "a", "b", "b"]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ["a", 0, true],
        ["a", 1, false],
        ["b", 1, false],
      ]),
    );
    expect(new Set(versions.map(({ versionId }) => versionId)).size).toBe(4);
    const rest = await objects().listVersions("landing", prefix, at("a").key);
    expect(rest.versions.map(({ key }) => key)).toEqual([at("b").key, at("b").key]);
    expect(await objects().listVersions("landing", `${prefix}none`)).toEqual({ versions: [] });
  });

  it("hides a deleted object but keeps its version", async () => {
    const ref = fresh("landing");
    await objects().put(ref, bytes("kept"), encrypted());
    await objects().tag(ref, { state: "processed" });
    const versionId = (await objects().head(ref))?.versionId as string;
    await objects().delete(ref);
    expect(await objects().head(ref)).toBeUndefined();
    await expect(objects().read(ref)).rejects.toThrow(Problem);
    expect(text(await objects().read({ ...ref, versionId }))).toBe("kept");
    await objects().delete({ ...ref, versionId });
    expect(await objects().head({ ...ref, versionId })).toBeUndefined();
  });
}

/** Copies into a place that must be empty: a locked version is there for years. */
export function describeCopiesOnce(objects: () => ObjectStore, fresh: Fresh, encrypted: Encrypted): void {
  it("lets exactly one of many copy to a key that must not exist", async () => {
    const [from, to] = [fresh("landing"), fresh("archive")];
    await objects().put(from, bytes("original"), encrypted());
    const copy = () => objects().copy(from, to, { ...encrypted(), ifAbsent: true, retainUntil: later(1) });
    const results = await Promise.allSettled(Array.from({ length: 4 }, copy));
    const losers = results.filter((result) => result.status === "rejected");
    expect(losers).toHaveLength(3);
    for (const { reason } of losers) expect(reason).toBeInstanceOf(ConditionFailed);
    const first = await objects().head(to);
    await expect(copy()).rejects.toThrow(ConditionFailed);
    expect((await objects().head(to))?.versionId).toBe(first?.versionId);
  });
}

/** Object Lock of the archive bucket. */
export function describeRetention(objects: () => ObjectStore, fresh: Fresh, encrypted: Encrypted): void {
  async function locked(days: number): Promise<ObjectRef> {
    const [from, to] = [fresh("landing"), fresh("archive")];
    await objects().put(from, bytes("original"), encrypted());
    await objects().copy(from, to, { ...encrypted(), retainUntil: later(days) });
    return { ...to, versionId: (await objects().head(to))?.versionId as string };
  }

  it("keeps a locked version from being deleted, and still hides it from its key", async () => {
    const ref = await locked(2);
    await expect(objects().delete(ref)).rejects.toThrow();
    await objects().delete({ bucket: ref.bucket, key: ref.key });
    expect(await objects().head({ bucket: ref.bucket, key: ref.key })).toBeUndefined();
    expect(text(await objects().read(ref))).toBe("original");
  });

  it("extends retention and never shortens it", async () => {
    const ref = await locked(2);
    expect((await objects().head(ref))?.retainUntil).toEqual(later(2));
    await objects().extendRetention(ref, later(5));
    await objects().extendRetention(ref, later(3));
    const until = (await objects().head(ref))?.retainUntil;
    expect(Math.abs((until?.getTime() ?? 0) - later(5).getTime())).toBeLessThan(60_000);
  });

  it("keeps a version under legal hold, with no retention, until the hold is lifted", async () => {
    const [from, to] = [fresh("landing"), fresh("archive")];
    await objects().put(from, bytes("evidence"), encrypted());
    await objects().copy(from, to, encrypted());
    const ref = { ...to, versionId: (await objects().head(to))?.versionId as string };
    for (const _ of ["once", "again"]) await objects().setLegalHold(ref, true);
    expect((await objects().head(ref))?.legalHold).toBe(true);
    for (const _ of ["first", "second"]) await expect(objects().delete(ref)).rejects.toThrow();
    await objects().delete(to);
    expect(text(await objects().read(ref))).toBe("evidence");
    for (const _ of ["once", "again"]) await objects().setLegalHold(ref, false);
    expect((await objects().head(ref))?.legalHold).not.toBe(true);
    await objects().delete(ref);
    expect(await objects().head(ref)).toBeUndefined();
    await expect(objects().setLegalHold(fresh("archive"), true)).rejects.toThrow(Problem);
  });

  it("locks an object that was copied without retention", async () => {
    const [from, to] = [fresh("landing"), fresh("archive")];
    await objects().put(from, bytes("unlocked"), encrypted());
    await objects().copy(from, to, encrypted());
    const versionId = (await objects().head(to))?.versionId as string;
    await objects().extendRetention({ ...to, versionId }, later(1));
    await expect(objects().delete({ ...to, versionId })).rejects.toThrow();
  });
}
