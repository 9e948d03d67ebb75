import { describe, expect, it } from "@jest/globals";
import { type InstanceKey, keys } from "../../../shared/catalog/keys.ts";
import { setLegalHold } from "../../../shared/catalog/set-legal-hold.ts";
import { setCharacterSet } from "../../../shared/characters/set-character-set.ts";
import { requestRebuild } from "../../../shared/derive/request-rebuild.ts";
import { encodeGb18030 } from "../../../shared/dicom/gb18030-encode.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { supersededTag } from "../../../shared/object-notes.ts";
import type { Item } from "../../../shared/ports.ts";
import type { RebuildMessage } from "../../../shared/rebuild/rebuild-message.ts";
import { ctInstance } from "../../support/instances.ts";
import { admin, fromArchive, kept, lose, loseTable, rebuild, work } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

type InstanceUids = Pick<InstanceKey, "studyUid" | "seriesUid" | "sopUid">;
const slice = (studyUid: string, n: number, comment = "") => {
  const seriesUid = `${studyUid}.${1 + (n % 2)}`;
  const modality = n % 2 ? "CT" : "SR";
  return sliceFile({ studyUid, seriesUid, sopUid: `${seriesUid}.${n}`, modality, comment });
};
const picture = { studyUid: "1.2.3", seriesUid: "1.2.3.1", sopUid: "1.2.3.1.1" };
/** Duplicates, a conflict, a quarantined file, retention of every class, an emergency, a held study. */
async function filled(name?: string, network?: WorkingHospital): Promise<WorkingHospital> {
  const here = await workingHospital(name, network);
  await here.receive([slice("1.2.1", 1), slice("1.2.1", 2), slice("1.2.1", 3), new Uint8Array(9)], {
    encounterClass: "outpatient",
  });
  here.clock.advance(60_000);
  await here.receive([slice("1.2.1", 1), slice("1.2.1", 2, "other"), slice("1.2.1", 4)], {
    encounterClass: "inpatient",
  });
  await here.receive([ctInstance(picture)], { priority: "stat" });
  const hold = { hold: true, reason: "case 1" };
  await setLegalHold(admin(here, "setLegalHold", "1.2.3"), here.clock, hold);
  await here.settle();
  return here;
}

describe("a catalog that was lost", () => {
  it("is made again from the archive alone, item by item as it was", async () => {
    const here = await filled();
    const beside = await filled("mingshui-township", here);
    const before = kept(here);
    expect(new Set(before.map(({ type }) => type))).toEqual(fromArchive);
    await loseTable(here);
    expect(await rebuild(here)).toBe(5 + 2);
    expect(await rebuild(beside)).toBe(5 + 2);
    expect(kept(here)).toEqual(before);
  });

  it("is made again with its text in the character set that a person chose", async () => {
    const here = await filled();
    const gbk = { patientName: encodeGb18030("周^杰伦"), characterSet: "ISO_IR 100" };
    await here.receive([sliceFile({ studyUid: "1.2.4", ...gbk })]);
    const grant = { ...admin(here, "setCharacterSet", "1.2.4"), table: here.stream.table };
    await setCharacterSet(grant, here.clock, { characterSet: "declared" });
    await here.settle();
    const before = kept(here);
    expect(JSON.stringify(before)).toContain("ÖÜ^½ÜÂ×");
    await loseTable(here);
    await rebuild(here);
    expect(kept(here)).toEqual(before);
  });

  it("balances again, and shows its pictures", async () => {
    const here = await filled();
    here.clock.advance(24 * 60 * 60 * 1000);
    await loseTable(here);
    for (const key of here.objects.keys("derived")) await here.objects.delete({ bucket: "derived", key });
    await rebuild(here);
    const { violations, checks } = await here.audit();
    expect(violations).toEqual([]);
    expect(checks.get("original")?.examined).toBe(5);
    const thumbnail = objectKeys.thumbnail({ ...here.hospital, ...picture }, sha256Hex(ctInstance(picture)));
    expect(here.objects.keys("derived")).toContain(thumbnail);
  });

  it("is the same after it was made again twice, its messages came twice, and new images came meanwhile", async () => {
    const here = await filled();
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    const messages = here.queue.drain("rebuild") as RebuildMessage[];
    const [first, ...others] = messages as [RebuildMessage, ...RebuildMessage[]];
    await work(here, first);
    await here.receive([slice("1.2.1", 1), slice("1.2.1", 5), slice("1.2.9", 1)]);
    await Promise.all(others.map((message) => work(here, message)));
    for (const message of messages) await work(here, message);
    await rebuild(here);
    here.clock.advance(24 * 60 * 60 * 1000);
    const { violations, checks } = await here.audit();
    expect(violations).toEqual([]);
    expect(checks.get("original")?.examined).toBe(7);
  });

  it("sends its emergencies' derivation by the routine queue, and tells nobody of images that are not new", async () => {
    const here = await filled();
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    for (const message of here.queue.drain("rebuild") as RebuildMessage[]) await work(here, message);
    const changes = here.stream.drain();
    const { eventOf } = await import("../../../shared/catalog/events-of-change.ts");
    const told = changes.map((change) => eventOf(change)?.type);
    expect(changes.filter(({ after }) => after?.type === "instance").length).toBeGreaterThan(0);
    expect(told).not.toContain("InstanceIndexed.v1");
  });

  it("is not for what nobody holds", async () => {
    const here = await filled();
    await expect(rebuild(here, "9.9")).rejects.toMatchObject({ type: "not-found" });
    const asked = requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true, cursor: "eHg" });
    await expect(asked).rejects.toMatchObject({ type: "invalid-request" });
  });
});

describe("a catalog that was lost in part", () => {
  const damages: Record<string, (item: Item) => boolean> = {
    "an instance": (item) => item.type === "instance" && item.sopUid === "1.2.1.2.1",
    "a claim": (item) => item.type === "claim" && item.sopUid === "1.2.1.2.1",
    "a study's own item": (item) => item.type === "study" && item.studyUid === "1.2.1",
    "some counters": (item) => item.type === "counter" && item.sk.startsWith("COUNT#STUDY"),
    "its search items": (item) => item.type === "find",
    "everything but the counters": ({ type }) => type !== "counter" && type !== "hospital",
    "a conflict": ({ type }) => type === "conflict",
  };

  it.each(Object.entries(damages))("is whole again: %s", async (_, which) => {
    const here = await filled();
    const before = kept(here);
    await lose(here, which);
    await rebuild(here);
    expect(kept(here)).toEqual(before);
  });
});

describe("an original that was archived before originals said whose they are", () => {
  it("is indexed with defaults, and locked as long as S3 says", async () => {
    const here = await workingHospital();
    const key = { ...here.hospital, studyUid: "1.2.1", seriesUid: "1.2.1.2", sopUid: "1.2.1.2.1" };
    const bytes = slice("1.2.1", 1);
    const landed = { bucket: "landing", key: "routine/x/y/0" } as const;
    await here.objects.put(landed, bytes, { contentType: "application/dicom", kmsKeyId: here.keyArn });
    const until = new Date("2040-01-01T00:00:00.000Z");
    const to = { bucket: "archive", key: objectKeys.original(key, sha256Hex(bytes)) } as const;
    const options = { contentType: "application/dicom", kmsKeyId: here.keyArn, retainUntil: until };
    await here.objects.copy(landed, to, options);
    await rebuild(here);
    const found = await here.table.batchGet([
      keys.instance(key),
      keys.claim(key, key.sopUid),
      keys.study(key),
    ]);
    const nobody = { uploadId: "0".repeat(26), fileId: "0" };
    expect(found).toMatchObject([
      { ...nobody, priority: "routine", keyArn: here.keyArn, indexedAt: here.clock.now().toISOString() },
      { ...nobody, state: "committed", retainUntil: until.toISOString() },
      { retainUntil: until.toISOString(), instances: 1 },
    ]);
  });
});

describe("two originals of one SOP Instance UID", () => {
  async function two(): Promise<{ here: WorkingHospital; refs: { bucket: "archive"; key: string }[] }> {
    const here = await workingHospital();
    const key = { ...here.hospital, studyUid: "1.2.1", seriesUid: "1.2.1.2", sopUid: "1.2.1.2.1" };
    const refs = ["", "later"].map((comment) => ({
      bucket: "archive" as const,
      key: objectKeys.original(key, sha256Hex(slice("1.2.1", 1, comment))),
    }));
    for (const [index, ref] of refs.entries()) {
      const options = { contentType: "application/dicom", kmsKeyId: here.keyArn };
      await here.objects.put(ref, slice("1.2.1", 1, index === 0 ? "" : "later"), options);
      here.clock.advance(1000);
    }
    return { here, refs };
  }
  const held = async ({ table, hospital }: WorkingHospital) =>
    (await table.get(keys.claim(hospital, "1.2.1.2.1")))?.sha256 as string;

  it("are told apart by the tag of the one that counts no more", async () => {
    const { here, refs } = await two();
    await here.objects.tag(refs[0] as (typeof refs)[0], supersededTag);
    await rebuild(here);
    expect(refs[1]?.key).toContain(await held(here));
  });

  it("count by who was first where neither is tagged, and the audit names the other", async () => {
    const { here, refs } = await two();
    await rebuild(here);
    expect(refs[0]?.key).toContain(await held(here));
    here.clock.advance(24 * 60 * 60 * 1000);
    expect((await here.audit()).violations).toMatchObject([{ check: "indexed" }, { check: "locked" }]);
  });
});

describe("an original that was archived under one study while another held its UID", () => {
  const [held, elsewhere] = ["1.2.1", "1.2.9"].map((studyUid) => ({
    studyUid,
    seriesUid: `${studyUid}.1`,
    sopUid: "1.2.1.1.1",
  })) as [InstanceUids, InstanceUids];

  /** A worker archived it, lost its claim, and came second. */
  async function cameSecond(): Promise<WorkingHospital> {
    const here = await workingHospital();
    const bytes = sliceFile(elsewhere);
    const key = objectKeys.original({ ...here.hospital, ...elsewhere }, sha256Hex(bytes));
    const options = { contentType: "application/dicom", kmsKeyId: here.keyArn };
    await here.objects.put({ bucket: "archive", key }, bytes, options);
    here.clock.advance(1000);
    await here.receive([sliceFile(held)]);
    await here.receive([bytes]);
    expect(here.objects.tags({ bucket: "archive", key })).toEqual(supersededTag);
    return here;
  }

  it("does not take the place of the image that was committed, and leaves no study without images", async () => {
    const here = await cameSecond();
    const before = kept(here);
    await loseTable(here);
    await rebuild(here);
    expect(kept(here)).toEqual(before);
    here.clock.advance(24 * 60 * 60 * 1000);
    expect((await here.audit()).violations).toEqual([]);
  });

  it("leaves no study without images either when the table still says which image counts", async () => {
    const here = await cameSecond();
    const key = objectKeys.original({ ...here.hospital, ...elsewhere }, sha256Hex(sliceFile(elsewhere)));
    // As when its worker died before it could say so.
    await here.objects.tag({ bucket: "archive", key }, {});
    const before = kept(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    const messages = here.queue.drain("rebuild") as RebuildMessage[];
    const outcomes = await Promise.all(messages.map((message) => work(here, message)));
    expect(outcomes).toContainEqual(expect.objectContaining({ contested: 1, restored: 0 }));
    expect(kept(here)).toEqual(before);
  });
});

describe("a rebuild", () => {
  it("asks of each original for its head, its tags and its header, and no more of the archive", async () => {
    const here = await workingHospital();
    await here.receive(Array.from({ length: 40 }, (_, n) => slice("1.2.1", 1 + 2 * n)));
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    const asked: Record<string, number> = {};
    here.objects.before((operation, { bucket, key }) => {
      if (bucket === "archive" && key.endsWith(".dcm")) asked[operation] = (asked[operation] ?? 0) + 1;
    });
    for (const message of here.queue.drain("rebuild") as RebuildMessage[]) await work(here, message);
    // Each of two messages also reads what describes its study and its series.
    expect(asked).toEqual({ head: 44, tagsOf: 44, read: 44 });
  });
});

describe("an original that is not what its key says", () => {
  it("is counted as unreadable, and keeps nothing else from being made again", async () => {
    const here = await workingHospital();
    await here.receive([slice("1.2.1", 1)]);
    const key = { ...here.hospital, studyUid: "1.2.1", seriesUid: "1.2.1.2", sopUid: "1.2.1.2.7" };
    const ref = { bucket: "archive", key: objectKeys.original(key, "a".repeat(64)) } as const;
    await here.objects.put(ref, new Uint8Array(400), { contentType: "application/dicom" });
    await loseTable(here);
    await requestRebuild(admin(here, "rebuild"), here.queue, { catalog: true });
    const [message] = here.queue.drain("rebuild") as [RebuildMessage];
    expect(await work(here, message)).toMatchObject({ restored: 1, unreadable: 1 });
  });
});
