/** What people decided about files that waited: the ledger balances after it, and the archive alone brings it back. */
import { describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import type { InstanceItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { archivedOf } from "../../../shared/catalog/original-of.ts";
import { setLegalHold } from "../../../shared/catalog/set-legal-hold.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { ObjectRef } from "../../../shared/ports.ts";
import { admin, kept, lose, loseTable, rebuild } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const study = "1.2.826.7";
const image = (n: number, comment = "") =>
  sliceFile({ studyUid: study, seriesUid: `${study}.1`, sopUid: `${study}.1.${n}`, comment });
const nameless = sliceFile({ studyUid: "", seriesUid: `${study}.1`, sopUid: `${study}.1.9` });
const aDay = 24 * 60 * 60 * 1000;
const instanceOf = async ({ table, hospital }: WorkingHospital, n: number) =>
  (await table.get(
    keys.instance({ ...hospital, studyUid: study, seriesUid: `${study}.1`, sopUid: `${study}.1.${n}` }),
  )) as InstanceItem;

/** One conflict decided each way, one file corrected, one discarded, one still waiting. */
async function decided(): Promise<WorkingHospital> {
  const here = await workingHospital();
  const grant = { ...admin(here, "desk"), table: here.stream.table };
  await here.receive([image(1), image(2), image(3)]);
  here.clock.advance(60_000);
  const { uploadId } = await here.receive([
    ...[1, 2, 3].map((n) => image(n, "other")),
    ...[nameless, new Uint8Array(300), new Uint8Array(301)],
  ]);
  for (const [index, keep] of (["first", "new", "both"] as const).entries()) {
    const sopUid = `${study}.1.${index + 1}`;
    const path = { studyUid: study, sopUid, sha256: sha256Hex(image(index + 1, "other")) };
    await resolveConflict(grant, here.clock, path, { keep });
  }
  const file = (fileId: string) => ({ uploadId, fileId });
  await correctQuarantined(grant, here.clock, file("3"), { studyInstanceUid: study });
  await discardQuarantined(grant, here.clock, file("4"), "an empty file");
  await here.settle();
  here.clock.advance(aDay);
  return here;
}

/** An image is there; one without its study's UID is corrected to be it, and what becomes of that conflict is decided. */
async function copyInConflict(keep: "new" | "both") {
  const here = await workingHospital();
  const grant = { ...admin(here, "desk"), table: here.stream.table };
  await here.receive([image(9, "the first")]);
  const { uploadId } = await here.receive([nameless]);
  await correctQuarantined(grant, here.clock, { uploadId, fileId: "0" }, { studyInstanceUid: study });
  await here.settle();
  const found = <T>(type: string) =>
    here.table.items().find((item) => item.type === type && item.uploadId === uploadId) as unknown as T;
  const conflict = found<ConflictItem>("conflict");
  const path = { studyUid: study, sopUid: conflict.sopUid, sha256: conflict.sha256 };
  return {
    here,
    copy: conflict.sha256,
    grant,
    file: { uploadId, fileId: "0" },
    decide: async (stores: Partial<Grant> = {}, meanwhile?: () => Promise<unknown>) => {
      await resolveConflict({ ...grant, ...stores }, here.clock, path, { keep });
      await meanwhile?.();
      await here.settle();
      return found<InstanceItem>("instance");
    },
  };
}

describe.each(["new", "both"] as const)(
  "a corrected copy that was in conflict, of which %s is kept",
  (keep) => {
    it("lies in the archive with every copy it was made of, and the bytes as they came", async () => {
      const { here, copy, decide } = await copyInConflict(keep);
      const instance = await decide();
      const asTheyCame = { sha256: sha256Hex(nameless) };
      expect(instance).toMatchObject(
        keep === "new"
          ? { sha256: copy, correctedFrom: asTheyCame }
          : { correctedFrom: { sha256: copy, from: asTheyCame } },
      );
      const archived = archivedOf(instance).filter(
        ({ key }) => !key.includes(sha256Hex(image(9, "the first"))),
      );
      for (const ref of archived) {
        const bytes = await here.objects.read(ref);
        expect(ref.key).toMatch(new RegExp(`/${sha256Hex(bytes)}\\.dcm$`));
        expect((await here.objects.head(ref))?.retainUntil).toBeDefined();
      }
      expect(archived.map(({ key }) => key.slice(-68, -4))).toContain(asTheyCame.sha256);
      for (const key of here.objects.keys("quarantine"))
        expect([key, here.objects.tags({ bucket: "quarantine", key })]).toEqual([
          key,
          { "mic-state": "processed" },
        ]);
    });

    it("is so after a rebuild, and the ledger balances before and after", async () => {
      const { here, decide } = await copyInConflict(keep);
      const { correctedFrom } = await decide();
      here.clock.advance(aDay);
      expect((await here.audit()).violations).toEqual([]);
      const images = () =>
        kept(here)
          .filter(({ type }) => type === "instance" || type === "claim")
          // How often the study's text was set anew before is nothing an archive knows.
          .map(({ textRevision: _, ...image }) => image);
      const before = images();
      await loseTable(here);
      await rebuild(here);
      expect(images()).toEqual(before);
      expect(images()).toContainEqual(expect.objectContaining({ correctedFrom }));
      const { checks, violations } = await here.audit();
      // What was let go of waits a day for the bucket to expire it, and the ledger that knew is lost.
      expect(violations.filter(({ check }) => check !== "aside-known")).toEqual([]);
      expect(checks.get("original")?.examined).toBe(keep === "new" ? 1 + 2 : 2 + 2);
    });

    it("is in conflict again when it was refused and released, and is decided with all it was made of", async () => {
      const { here, grant, file, decide } = await copyInConflict(keep);
      const underKey = (keyArn: string) =>
        here.table.write([{ op: "update", key: keys.hospital(here.hospital), set: { keyArn } }]);
      await decide({}, () => underKey("arn:another"));
      expect(await here.table.get(keys.uploadFile(here.hospital, file.uploadId, "0"))).toMatchObject({
        state: "quarantined",
      });
      await underKey(here.keyArn);
      await releaseQuarantined(grant, here.clock, file);
      await here.settle();
      const { correctedFrom } = await decide();
      const expected = keep === "new" ? correctedFrom : correctedFrom?.from;
      expect(expected?.sha256).toBe(sha256Hex(nameless));
      here.clock.advance(aDay);
      expect((await here.audit()).violations).toEqual([]);
    });

    it("is not taken in once the bytes as they came have expired", async () => {
      const { here, decide } = await copyInConflict(keep);
      const objects = {
        ...here.objects,
        head: async (ref: ObjectRef) =>
          ref.key.startsWith("quarantine/") ? undefined : here.objects.head(ref),
      };
      await expect(decide({ objects })).rejects.toMatchObject({ type: "conflict" });
    });
  },
);

describe("a corrected copy that gives way to another image", () => {
  it("stays known with the bytes as they came, is held with them, and is so after a rebuild", async () => {
    const here = await workingHospital();
    const grant = { ...admin(here, "desk"), table: here.stream.table };
    const { uploadId } = await here.receive([nameless]);
    await correctQuarantined(grant, here.clock, { uploadId, fileId: "0" }, { studyInstanceUid: study });
    await here.settle();
    here.clock.advance(60_000);
    await here.receive([image(9)]);
    const path = { studyUid: study, sopUid: `${study}.1.9`, sha256: sha256Hex(image(9)) };
    await resolveConflict(grant, here.clock, path, { keep: "new" });
    await here.settle();
    const instance = await instanceOf(here, 9);
    expect(instance.superseded).toMatchObject([{ correctedFrom: { sha256: sha256Hex(nameless) } }]);
    await setLegalHold(admin(here, "setLegalHold", study), here.clock, { hold: true, reason: "a claim" });
    const heads = await Promise.all(archivedOf(instance).map((ref) => here.objects.head(ref)));
    expect(heads.map((head) => head?.legalHold)).toEqual([true, true, true]);
    const origins = () =>
      kept(here).flatMap(({ type, superseded }) =>
        type === "instance" ? (superseded as InstanceItem["superseded"]) : [],
      );
    const before = origins().map((one) => one?.correctedFrom);
    await loseTable(here);
    await rebuild(here);
    expect(origins().map((one) => one?.correctedFrom)).toEqual(before);
  });
});

describe("a hospital whose people decided about what waited", () => {
  it("has a ledger that balances", async () => {
    const here = await decided();
    const { checks, violations } = await here.audit();
    expect(violations).toEqual([]);
    // Three images, the copy of the third, the corrected one; beside them one that gave way and two that were corrected.
    expect(checks.get("original")?.examined).toBe(5 + 3);
  });

  it("is missed what it kept beside an instance", async () => {
    const here = await decided();
    const { superseded = [], ...instance } = await instanceOf(here, 2);
    const [old] = superseded as [NonNullable<InstanceItem["superseded"]>[number]];
    await here.table.write([
      {
        op: "update",
        key: keys.instance(instance),
        set: { superseded: [{ ...old, sha256: "e".repeat(64) }], correctedFrom: { sha256: "f".repeat(64) } },
      },
    ]);
    const named = (sha256: string) => expect.objectContaining({ check: "original", sha256 });
    const { violations } = await here.audit();
    expect(violations).toEqual([named("e".repeat(64)), named("f".repeat(64))]);
  });

  it("gets its catalog back from the archive alone, with what stood there before and what was corrected", async () => {
    const here = await decided();
    const images = () => kept(here).filter(({ type }) => type !== "conflict");
    const before = images();
    await loseTable(here);
    await rebuild(here);
    expect(images()).toEqual(before);
    expect((await instanceOf(here, 2)).superseded).toHaveLength(1);
    expect((await instanceOf(here, 9)).correctedFrom?.sha256).toBe(sha256Hex(nameless));
  });

  it("is asked again about the conflict whose bytes are still aside, and about no other", async () => {
    const here = await decided();
    await loseTable(here);
    await rebuild(here);
    const conflicts = here.table.items().filter(({ type }) => type === "conflict");
    expect(conflicts).toEqual([
      expect.objectContaining({ sopUid: `${study}.1.1`, sha256: sha256Hex(image(1, "other")) }),
    ]);
    expect(conflicts[0]?.resolution).toBeUndefined();
  });

  it("finds at its desk again what waits there, and nothing that was decided", async () => {
    const here = await decided();
    const waiting = () => here.table.items().filter(({ type }) => type === "quarantined-file");
    const before = waiting();
    expect(before).toHaveLength(1);
    await lose(here, ({ type }) => type === "quarantined-file" || type === "upload-file");
    await rebuild(here);
    expect(waiting()).toEqual(before);
    const key = objectKeys.quarantine(
      here.hospital,
      before[0]?.uploadId as string,
      before[0]?.fileId as string,
    );
    expect(here.objects.keys("quarantine")).toContain(key);
  });
});
